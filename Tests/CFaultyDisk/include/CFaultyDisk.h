// A disk that fails when it is told to: a SQLite VFS in front of the system's own.
//
// It becomes the default VFS and hands everything through, but for files in folders that were
// mounted here: their calls are counted, recorded and made to fail. Disks are named by number, so
// that a value can be passed between threads; every function may be called from any thread.
#ifndef CFAULTYDISK_H
#define CFAULTYDISK_H

/// The calls that can be counted and made to fail; a sum of these.
enum {
    FAULTY_READ = 1,
    FAULTY_WRITE = 2,
    FAULTY_SYNC = 4,
    FAULTY_TRUNCATE = 8,
    FAULTY_OPEN = 16,
    FAULTY_DELETE = 32,
    /// Locks of the file itself.
    FAULTY_LOCK = 64,
    /// Locks of the shared index of the journal.
    FAULTY_SHARED_LOCK = 128,
    /// The shared index itself, which is memory mapped from a file.
    FAULTY_SHARED_MEMORY = 256,
};

/// How a call fails.
enum {
    /// It does nothing and says that it failed.
    FAULTY_FAILS,
    /// A write writes its first half and says that it failed.
    FAULTY_FAILS_SHORT,
    /// It does nothing and says that it went well.
    FAULTY_LIES,
};

/// What was recorded of a call.
enum {
    FAULTY_DID_CREATE,
    FAULTY_DID_WRITE,
    FAULTY_DID_TRUNCATE,
    FAULTY_DID_SYNC,
    FAULTY_DID_DELETE,
    /// Deleted, and the folder synced.
    FAULTY_DID_DELETE_DURABLY,
    FAULTY_DID_MARK,
};

/// One recorded call; the pointers are good until the disk records again or is unmounted.
typedef struct {
    int kind;
    /// The name of the file in its folder.
    const char *name;
    /// Where was written; the size after a truncation; the number of a mark.
    long long offset;
    const unsigned char *bytes;
    long count;
} faulty_entry;

/// Takes the files of a folder over; the number of the disk, or -1.
///
/// Files that are open already are not concerned.
int faulty_disk_mount(const char *folder);

/// Leaves the folder alone from now on. Files that are open keep working, without faults.
void faulty_disk_unmount(int disk);

/// From the `number`-th of these calls on (from 1), that one or all of them fail with a code of SQLite.
void faulty_disk_arm(int disk, int calls, long number, int code, int manner, int is_lasting);

/// No more faults.
void faulty_disk_disarm(int disk);

/// How many of the armed calls there were.
long faulty_disk_calls(int disk);

/// How many of them failed.
long faulty_disk_faults(int disk);

/// Records calls that change files, from an empty record on.
void faulty_disk_record(int disk);

/// Puts a mark into the record.
void faulty_disk_mark(int disk, long long number);

/// How many calls were recorded.
long faulty_disk_recorded(int disk);

/// The recorded call of an index; 0 when there is none.
int faulty_disk_entry(int disk, long index, faulty_entry *entry);

#endif
