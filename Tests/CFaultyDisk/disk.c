#include "disk.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "CFaultyDisk.h"

struct faulty_disk {
    char folder[PATH_MAX];
    size_t folder_length;
    int holders;
    int is_mounted;
    pthread_mutex_t mutex;

    int calls;
    long number;
    int code;
    int manner;
    int is_lasting;
    long counted;
    long faults;

    int is_recording;
    struct record {
        int kind;
        char *name;
        long long offset;
        unsigned char *bytes;
        long count;
    } *records;
    long recorded;
    long room;
};

enum { DISK_LIMIT = 4096 };
static faulty_disk *disks[DISK_LIMIT];
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;

static faulty_disk *held(int number) {
    faulty_disk *disk = NULL;
    pthread_mutex_lock(&table);
    if (number >= 0 && number < DISK_LIMIT && disks[number]) {
        disk = disks[number];
        disk->holders++;
    }
    pthread_mutex_unlock(&table);
    return disk;
}


static void forget(faulty_disk *disk) {
    for (long index = 0; index < disk->recorded; index++) {
        free(disk->records[index].name);
        free(disk->records[index].bytes);
    }
    free(disk->records);
    disk->records = NULL;
    disk->recorded = disk->room = 0;
}

void disk_let_go(faulty_disk *disk) {
    pthread_mutex_lock(&table);
    int is_last = --disk->holders == 0;
    pthread_mutex_unlock(&table);
    if (!is_last) return;
    forget(disk);
    pthread_mutex_destroy(&disk->mutex);
    free(disk);
}

faulty_disk *disk_of(const char *path) {
    faulty_disk *found = NULL;
    pthread_mutex_lock(&table);
    for (int index = 0; path && index < DISK_LIMIT && !found; index++) {
        faulty_disk *disk = disks[index];
        if (disk && disk->is_mounted && strncmp(path, disk->folder, disk->folder_length) == 0
            && path[disk->folder_length] == '/') {
            found = disk;
            disk->holders++;
        }
    }
    pthread_mutex_unlock(&table);
    return found;
}

void disk_lock(faulty_disk *disk) { pthread_mutex_lock(&disk->mutex); }

void disk_unlock(faulty_disk *disk) { pthread_mutex_unlock(&disk->mutex); }

faulty_verdict disk_judge(faulty_disk *disk, int call) {
    faulty_verdict verdict = {0, SQLITE_OK, FAULTY_FAILS};
    disk_lock(disk);
    if (disk->calls & call) {
        disk->counted++;
        if (disk->is_lasting ? disk->counted >= disk->number : disk->counted == disk->number) {
            disk->faults++;
            verdict.is_faulty = 1;
            verdict.code = disk->code;
            verdict.manner = disk->manner;
        }
    }
    disk_unlock(disk);
    return verdict;
}

void disk_note(
    faulty_disk *disk, int kind, const char *path, long long offset, const void *bytes,
    long count) {
    if (!disk->is_recording) return;
    if (disk->recorded == disk->room) {
        long room = disk->room ? disk->room * 2 : 256;
        struct record *more = realloc(disk->records, (size_t)room * sizeof *more);
        if (!more) abort();
        disk->records = more;
        disk->room = room;
    }
    struct record *record = &disk->records[disk->recorded++];
    record->kind = kind;
    record->name = strdup(path ? path + disk->folder_length + 1 : "");
    record->offset = offset;
    record->count = count;
    record->bytes = NULL;
    if (count > 0) {
        record->bytes = malloc((size_t)count);
        if (!record->bytes) abort();
        memcpy(record->bytes, bytes, (size_t)count);
    }
}

int faulty_disk_mount(const char *folder) {
    if (vfs_register() != SQLITE_OK) return -1;
    faulty_disk *disk = calloc(1, sizeof *disk);
    // SQLite hands its VFS paths without symbolic links.
    if (!disk || !realpath(folder, disk->folder)) {
        free(disk);
        return -1;
    }
    disk->folder_length = strlen(disk->folder);
    disk->holders = disk->is_mounted = 1;
    pthread_mutex_init(&disk->mutex, NULL);
    int number = -1;
    pthread_mutex_lock(&table);
    for (int index = 0; index < DISK_LIMIT && number < 0; index++) {
        if (disks[index]) continue;
        disks[index] = disk;
        number = index;
    }
    pthread_mutex_unlock(&table);
    if (number < 0) free(disk);
    return number;
}

void faulty_disk_unmount(int number) {
    faulty_disk *disk = held(number);
    if (!disk) return;
    faulty_disk_disarm(number);
    pthread_mutex_lock(&table);
    disks[number] = NULL;
    disk->is_mounted = 0;
    pthread_mutex_unlock(&table);
    disk_let_go(disk);
    disk_let_go(disk);
}

void faulty_disk_arm(
    int number, int calls, long first, int code, int manner, int is_lasting) {
    faulty_disk *disk = held(number);
    if (!disk) return;
    disk_lock(disk);
    disk->calls = calls;
    disk->number = first;
    disk->code = code;
    disk->manner = manner;
    disk->is_lasting = is_lasting;
    disk->counted = disk->faults = 0;
    disk_unlock(disk);
    disk_let_go(disk);
}

void faulty_disk_disarm(int number) {
    faulty_disk *disk = held(number);
    if (!disk) return;
    disk_lock(disk);
    disk->calls = 0;
    disk_unlock(disk);
    disk_let_go(disk);
}

long faulty_disk_calls(int number) {
    faulty_disk *disk = held(number);
    if (!disk) return 0;
    disk_lock(disk);
    long count = disk->counted;
    disk_unlock(disk);
    disk_let_go(disk);
    return count;
}

long faulty_disk_faults(int number) {
    faulty_disk *disk = held(number);
    if (!disk) return 0;
    disk_lock(disk);
    long count = disk->faults;
    disk_unlock(disk);
    disk_let_go(disk);
    return count;
}

void faulty_disk_record(int number) {
    faulty_disk *disk = held(number);
    if (!disk) return;
    disk_lock(disk);
    forget(disk);
    disk->is_recording = 1;
    disk_unlock(disk);
    disk_let_go(disk);
}

void faulty_disk_mark(int number, long long mark) {
    faulty_disk *disk = held(number);
    if (!disk) return;
    disk_lock(disk);
    disk_note(disk, FAULTY_DID_MARK, NULL, mark, NULL, 0);
    disk_unlock(disk);
    disk_let_go(disk);
}

long faulty_disk_recorded(int number) {
    faulty_disk *disk = held(number);
    if (!disk) return 0;
    disk_lock(disk);
    long count = disk->recorded;
    disk_unlock(disk);
    disk_let_go(disk);
    return count;
}

int faulty_disk_entry(int number, long index, faulty_entry *entry) {
    faulty_disk *disk = held(number);
    if (!disk) return 0;
    disk_lock(disk);
    int is_there = index >= 0 && index < disk->recorded;
    if (is_there) {
        struct record *record = &disk->records[index];
        entry->kind = record->kind;
        entry->name = record->name;
        entry->offset = record->offset;
        entry->bytes = record->bytes;
        entry->count = record->count;
    }
    disk_unlock(disk);
    disk_let_go(disk);
    return is_there;
}
