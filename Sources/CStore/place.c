#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CStore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif

// RENAME_NOREPLACE of the kernel, which older libraries do not know.
enum { NEVER_REPLACE = 1 };

int store_move_to_free_place(const char *path, const char *place) {
  errno = ENOSYS;
#if defined(__APPLE__)
  if (renamex_np(path, place, RENAME_EXCL) == 0) return 0;
#elif defined(SYS_renameat2)
  if (syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, place, NEVER_REPLACE) == 0) return 0;
#endif
  if (errno != ENOSYS && errno != EINVAL && errno != ENOTSUP) return errno;
  // A link fails as well where something is; the second name is gone right after.
  if (link(path, place)) return errno;
  unlink(path);
  return 0;
}
