#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

void ledger_terminal_resize(int from, int to) {
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) == 0) ioctl(to, TIOCSWINSZ, &size);
}

int ledger_terminal_open(int like, int is_plain, int *master, int *slave) {
    int ours = posix_openpt(O_RDWR | O_NOCTTY);
    if (ours < 0) return errno;
    fcntl(ours, F_SETFD, FD_CLOEXEC);
    int error = 0, theirs = -1;
    char name[128];
    if (grantpt(ours) != 0 || unlockpt(ours) != 0) {
        error = errno;
    } else {
#ifdef __linux__
        error = ptsname_r(ours, name, sizeof name);
#else
        error = ptsname_r(ours, name, sizeof name) == 0 ? 0 : errno;
#endif
    }
    if (!error) {
        theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (theirs < 0) error = errno;
    }
    if (error) {
        close(ours);
        return error;
    }
    struct termios settings;
    if (tcgetattr(like, &settings) == 0 || tcgetattr(theirs, &settings) == 0) {
        if (is_plain) {
            settings.c_oflag &= ~(tcflag_t)OPOST;
            settings.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
        }
        tcsetattr(theirs, TCSANOW, &settings);
    }
    ledger_terminal_resize(like, ours);
    *master = ours;
    *slave = theirs;
    return 0;
}

static struct termios saved;
static volatile sig_atomic_t is_saved = 0;

int ledger_terminal_raw(int descriptor) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return errno;
    if (!is_saved) {
        saved = settings;
        is_saved = 1;
    }
    cfmakeraw(&settings);
    return tcsetattr(descriptor, TCSANOW, &settings) == 0 ? 0 : errno;
}

void ledger_terminal_restore(int descriptor) {
    if (!is_saved) return;
    // From the background, changing a terminal would stop this process.
    sigset_t block, old;
    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, &old);
    while (tcsetattr(descriptor, TCSANOW, &saved) != 0 && errno == EINTR) {
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    is_saved = 0;
}

int ledger_terminal_stop_key(int master) {
    struct termios settings;
    if (tcgetattr(master, &settings) != 0 || !(settings.c_lflag & ISIG)) return -1;
    cc_t key = settings.c_cc[VSUSP];
    return key == _POSIX_VDISABLE ? -1 : key;
}

void ledger_terminal_signal(int master, pid_t pid, int number) {
    pid_t group = master >= 0 ? tcgetpgrp(master) : -1;
    if (group > 1 && kill(-group, number) == 0) return;
    if (pid > 1) kill(pid, number);
}

int ledger_terminal_is_foreground(int descriptor) { return tcgetpgrp(descriptor) == getpgrp(); }
