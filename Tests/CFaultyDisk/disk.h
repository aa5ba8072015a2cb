// What the two halves of the disk share: its state, and the decision whether a call fails.
#ifndef DISK_H
#define DISK_H

#include <sqlite3.h>

typedef struct faulty_disk faulty_disk;

/// What becomes of a call.
typedef struct {
    int is_faulty;
    int code;
    int manner;
} faulty_verdict;

/// The disk that a path is on, held; NULL for a path that is on none.
faulty_disk *disk_of(const char *path);
void disk_let_go(faulty_disk *disk);

/// Counts a call and says what becomes of it.
faulty_verdict disk_judge(faulty_disk *disk, int call);

/// Calls that change a file stand in the record in the order in which they are done.
void disk_lock(faulty_disk *disk);
void disk_unlock(faulty_disk *disk);

/// Adds to the record, if one is kept; the disk is locked.
void disk_note(
    faulty_disk *disk, int kind, const char *path, long long offset, const void *bytes,
    long count);

/// Makes the VFS the default one, once.
int vfs_register(void);

#endif
