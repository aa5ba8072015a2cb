#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "CFaultyDisk.h"
#include "disk.h"

/// A file on a faulty disk; the system's own file follows it in memory.
typedef struct {
    sqlite3_file base;
    faulty_disk *disk;
    char *path;
    sqlite3_file *real;
} faulty_file;

static sqlite3_vfs *system_vfs;
static sqlite3_vfs faulty_vfs;

static faulty_file *of(sqlite3_file *file) { return (faulty_file *)file; }
static sqlite3_file *real(sqlite3_file *file) { return of(file)->real; }

static int file_close(sqlite3_file *file) {
    faulty_file *own = of(file);
    int code = own->real->pMethods ? own->real->pMethods->xClose(own->real) : SQLITE_OK;
    free(own->path);
    disk_let_go(own->disk);
    return code;
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_READ);
    if (verdict.is_faulty) return verdict.code;
    return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}

static int put(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    disk_lock(of(file)->disk);
    int code = real(file)->pMethods->xWrite(real(file), bytes, count, offset);
    disk_note(of(file)->disk, FAULTY_DID_WRITE, of(file)->path, offset, bytes, count);
    disk_unlock(of(file)->disk);
    return code;
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_WRITE);
    if (!verdict.is_faulty) return put(file, bytes, count, offset);
    if (verdict.manner == FAULTY_LIES) return SQLITE_OK;
    if (verdict.manner == FAULTY_FAILS_SHORT && count > 1) put(file, bytes, count / 2, offset);
    return verdict.code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_TRUNCATE);
    if (verdict.is_faulty) return verdict.manner == FAULTY_LIES ? SQLITE_OK : verdict.code;
    disk_lock(of(file)->disk);
    int code = real(file)->pMethods->xTruncate(real(file), size);
    disk_note(of(file)->disk, FAULTY_DID_TRUNCATE, of(file)->path, size, NULL, 0);
    disk_unlock(of(file)->disk);
    return code;
}

// What a sync is worth is decided by the record; waiting for the real disk would only take time.
static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_SYNC);
    if (verdict.is_faulty) return verdict.manner == FAULTY_LIES ? SQLITE_OK : verdict.code;
    disk_lock(of(file)->disk);
    disk_note(of(file)->disk, FAULTY_DID_SYNC, of(file)->path, 0, NULL, 0);
    disk_unlock(of(file)->disk);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level) {
    faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_LOCK);
    return verdict.is_faulty ? verdict.code : real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_is_reserved(sqlite3_file *file, int *answer) {
    return real(file)->pMethods->xCheckReservedLock(real(file), answer);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_characteristics(sqlite3_file *file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int shared_map(
    sqlite3_file *file, int page, int size, int is_extended, void volatile **memory) {
    faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_SHARED_MEMORY);
    if (verdict.is_faulty) {
        *memory = NULL;
        return verdict.code;
    }
    return real(file)->pMethods->xShmMap(real(file), page, size, is_extended, memory);
}

static int shared_lock(sqlite3_file *file, int offset, int count, int flags) {
    if (flags & SQLITE_SHM_LOCK) {
        faulty_verdict verdict = disk_judge(of(file)->disk, FAULTY_SHARED_LOCK);
        if (verdict.is_faulty) return verdict.code;
    }
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void shared_barrier(sqlite3_file *file) {
    real(file)->pMethods->xShmBarrier(real(file));
}

static int shared_unmap(sqlite3_file *file, int is_deleted) {
    return real(file)->pMethods->xShmUnmap(real(file), is_deleted);
}

/// Version 2: shared memory, but no memory mapped pages, which would be read past us.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shared_map,
    .xShmLock = shared_lock,
    .xShmBarrier = shared_barrier,
    .xShmUnmap = shared_unmap,
};

static int vfs_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
    (void)vfs;
    faulty_disk *disk = disk_of(path);
    if (!disk) return system_vfs->xOpen(system_vfs, path, file, flags, out);
    faulty_file *own = of(file);
    memset(own, 0, sizeof *own);
    faulty_verdict verdict = disk_judge(disk, FAULTY_OPEN);
    if (verdict.is_faulty) {
        disk_let_go(disk);
        return verdict.code;
    }
    own->real = (sqlite3_file *)(own + 1);
    int was_there = 0;
    system_vfs->xAccess(system_vfs, path, SQLITE_ACCESS_EXISTS, &was_there);
    disk_lock(disk);
    int code = system_vfs->xOpen(system_vfs, path, own->real, flags, out);
    if (code == SQLITE_OK && !was_there) disk_note(disk, FAULTY_DID_CREATE, path, 0, NULL, 0);
    disk_unlock(disk);
    if (code != SQLITE_OK) {
        if (own->real->pMethods) own->real->pMethods->xClose(own->real);
        disk_let_go(disk);
        return code;
    }
    own->disk = disk;
    own->path = strdup(path);
    own->base.pMethods = &methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int is_synced) {
    (void)vfs;
    faulty_disk *disk = disk_of(path);
    if (!disk) return system_vfs->xDelete(system_vfs, path, is_synced);
    faulty_verdict verdict = disk_judge(disk, FAULTY_DELETE);
    int code = verdict.code;
    if (!verdict.is_faulty) {
        disk_lock(disk);
        code = system_vfs->xDelete(system_vfs, path, 0);
        if (code == SQLITE_OK) {
            int kind = is_synced ? FAULTY_DID_DELETE_DURABLY : FAULTY_DID_DELETE;
            disk_note(disk, kind, path, 0, NULL, 0);
        }
        disk_unlock(disk);
    }
    disk_let_go(disk);
    return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    (void)vfs;
    return system_vfs->xAccess(system_vfs, path, flags, answer);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int count, char *out) {
    (void)vfs;
    return system_vfs->xFullPathname(system_vfs, path, count, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *out) {
    (void)vfs;
    return system_vfs->xRandomness(system_vfs, count, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return system_vfs->xSleep(system_vfs, microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *time) {
    (void)vfs;
    return system_vfs->xCurrentTime(system_vfs, time);
}

static int vfs_last_error(sqlite3_vfs *vfs, int count, char *out) {
    (void)vfs;
    return system_vfs->xGetLastError(system_vfs, count, out);
}

static int vfs_time_integer(sqlite3_vfs *vfs, sqlite3_int64 *time) {
    (void)vfs;
    return system_vfs->xCurrentTimeInt64(system_vfs, time);
}

static int outcome = SQLITE_ERROR;

static void register_once(void) {
    system_vfs = sqlite3_vfs_find(NULL);
    if (!system_vfs) return;
    faulty_vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(faulty_file) + system_vfs->szOsFile,
        .mxPathname = system_vfs->mxPathname,
        .zName = "faulty",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time_integer,
    };
    outcome = sqlite3_vfs_register(&faulty_vfs, 1);
}

int vfs_register(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    return outcome;
}
