#include "CStore.h"

#include <string.h>
#include <sys/stat.h>

// A file that is read as immutable stays so only as long as nobody empties a journal into it. SQLite
// would not see that. This file system lies between SQLite and its own one: it says of every page that
// was read whether the file is still as it was when it was opened.

typedef struct {
  sqlite3_file base;
  const char *path;
  struct stat seen;
} Still;

static sqlite3_vfs *below;

/// The file of the file system below, which stands behind ours.
static sqlite3_file *inner(sqlite3_file *file) { return (sqlite3_file *)((Still *)file + 1); }

#if defined(__APPLE__)
#define CHANGED st_mtimespec
#else
#define CHANGED st_mtim
#endif

static int has_moved(sqlite3_file *file) {
  Still *still = (Still *)file;
  struct stat now;
  return stat(still->path, &now) || now.st_dev != still->seen.st_dev ||
         now.st_ino != still->seen.st_ino || now.st_size != still->seen.st_size ||
         now.CHANGED.tv_sec != still->seen.CHANGED.tv_sec ||
         now.CHANGED.tv_nsec != still->seen.CHANGED.tv_nsec;
}

static int close_file(sqlite3_file *file) { return inner(file)->pMethods->xClose(inner(file)); }

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  int code = inner(file)->pMethods->xRead(inner(file), bytes, count, offset);
  // The time changes before the bytes do: what was read before it was changed is whole.
  return has_moved(file) ? SQLITE_LOCKED : code;
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  (void)file, (void)bytes, (void)count, (void)offset;
  return SQLITE_READONLY;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
  (void)file, (void)size;
  return SQLITE_READONLY;
}

static int sync_file(sqlite3_file *file, int flags) {
  (void)file, (void)flags;
  return SQLITE_OK;
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size) {
  return inner(file)->pMethods->xFileSize(inner(file), size);
}

// The hold that a file has from its opening to its end is not for SQLite to change.
static int lock_file(sqlite3_file *file, int level) {
  (void)file, (void)level;
  return SQLITE_OK;
}

static int check_reserved_lock(sqlite3_file *file, int *is_reserved) {
  (void)file;
  *is_reserved = 0;
  return SQLITE_OK;
}

enum { ASK_WHETHER_MOVED = 0x4C45 };

static int control_file(sqlite3_file *file, int request, void *value) {
  if (request == ASK_WHETHER_MOVED) {
    *(int *)value = has_moved(file);
    return SQLITE_OK;
  }
  return inner(file)->pMethods->xFileControl(inner(file), request, value);
}

static int sector_size(sqlite3_file *file) {
  return inner(file)->pMethods->xSectorSize(inner(file));
}

static int device_characteristics(sqlite3_file *file) {
  return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
};

static int open_file(
    sqlite3_vfs *system, const char *path, sqlite3_file *file, int flags, int *given) {
  (void)system;
  if (!(flags & SQLITE_OPEN_MAIN_DB)) return below->xOpen(below, path, file, flags, given);
  Still *still = (Still *)file;
  memset(still, 0, sizeof *still);
  still->path = path;
  sqlite3_file *real = inner(file);
  int code = below->xOpen(below, path, real, flags, given);
  if (code == SQLITE_OK) {
    // While it is held, the last one who writes cannot empty the journal into the file as it leaves,
    // nor remove the journal. Where no locks are to be had, the look at every page has to do.
    code = real->pMethods->xLock(real, SQLITE_LOCK_SHARED);
    if (code != SQLITE_BUSY) code = stat(path, &still->seen) ? SQLITE_CANTOPEN : SQLITE_OK;
  }
  if (code != SQLITE_OK) {
    if (real->pMethods) real->pMethods->xClose(real);
    return code;
  }
  still->base.pMethods = &methods;
  return SQLITE_OK;
}

int store_register_still(void) {
  static sqlite3_vfs still;
  below = sqlite3_vfs_find(0);
  if (!below) return SQLITE_ERROR;
  still = *below;
  still.pNext = 0;
  still.zName = "ledger-still";
  still.szOsFile += (int)sizeof(Still);
  still.xOpen = open_file;
  return sqlite3_vfs_register(&still, 0);
}

int store_has_moved(sqlite3 *connection) {
  int answer = 0;
  int code = sqlite3_file_control(connection, "main", ASK_WHETHER_MOVED, &answer);
  return code == SQLITE_OK && answer;
}
