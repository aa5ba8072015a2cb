#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

char *const *ledger_environment(void) { return environ; }

int ledger_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
#else
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

int ledger_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return errno;
    return fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : errno;
}

// The signals whose handling this process changes for itself.
static const int handled[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1,
                              SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH};
enum { handled_count = sizeof handled / sizeof handled[0] };

static struct sigaction before[handled_count];
static struct sigaction pipe_before, size_before;
static sigset_t mask_before;

// A file that is opened while 0, 1 or 2 is closed would become that stream, and what is meant for
// people would end up in it: each that is missing leads nowhere.
static void fill_streams(void) {
    for (int stream = 0; stream < 3; stream++) {
        if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest that is free is the missing one.
        int opened = open("/dev/null", stream == 0 ? O_RDONLY : O_WRONLY);
        if (opened > 2) close(opened);
    }
}

// As the process began, on its first thread: a worker thread may block signals of its own accord,
// and no program must inherit that.
__attribute__((constructor)) static void remember(void) {
    fill_streams();
    for (int i = 0; i < handled_count; i++) sigaction(handled[i], NULL, &before[i]);
    sigaction(SIGPIPE, NULL, &pipe_before);
    // A file that may not grow any more is an error to us, not the end.
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &ignore, &size_before);
    pthread_sigmask(SIG_BLOCK, NULL, &mask_before);
}

static void ignore_pipe(void) {
    // A pipe that nobody reads any more is an error to us, not the end.
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, NULL);
}

static pthread_mutex_t catching = PTHREAD_MUTEX_INITIALIZER;
static volatile int signal_pipe[2] = {-1, -1};

static void note(int number, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    ledger_signal arrived = {number, info->si_code <= 0};
    int descriptor = signal_pipe[1];
    if (descriptor >= 0) {
        ssize_t written = write(descriptor, &arrived, sizeof arrived);
        (void)written;
    }
    errno = error;
}

int ledger_signals_catch(int *descriptor) {
    int error = 0;
    pthread_mutex_lock(&catching);
    int ends[2];
    if (signal_pipe[1] >= 0) {
        error = EBUSY;
    } else if ((error = ledger_pipe(ends)) == 0) {
        ledger_nonblocking(ends[0]);
        ledger_nonblocking(ends[1]);
        signal_pipe[0] = ends[0];
        signal_pipe[1] = ends[1];
        *descriptor = ends[0];
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_sigaction = note;
        action.sa_flags = SA_SIGINFO | SA_RESTART;
        for (int i = 0; i < handled_count; i++) {
            int is_ignored =
                !(before[i].sa_flags & SA_SIGINFO) && before[i].sa_handler == SIG_IGN;
            if (!is_ignored) sigaction(handled[i], &action, NULL);
        }
    }
    pthread_mutex_unlock(&catching);
    return error;
}

void ledger_signals_release(void) {
    pthread_mutex_lock(&catching);
    if (signal_pipe[1] >= 0) {
        for (int i = 0; i < handled_count; i++) sigaction(handled[i], &before[i], NULL);
        int reader = signal_pipe[0], writer = signal_pipe[1];
        signal_pipe[0] = signal_pipe[1] = -1;
        close(writer);
        close(reader);
    }
    pthread_mutex_unlock(&catching);
}

void ledger_stop_self(void) {
    struct sigaction standard, ours;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &standard, &ours);
    sigset_t stop, mask;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    // To this thread, which then goes no further before it is continued. Another thread might take what is
    // sent to the process, and this one would meanwhile make the terminal raw again.
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    // A process whose group has no parent to continue it is not stopped; nothing is lost by that.
    sigaction(SIGTSTP, &ours, NULL);
}

static void child(const ledger_program *program, int report) {
    // Until exec only async-signal-safe calls.
    for (int i = 0; i < handled_count; i++) sigaction(handled[i], &before[i], NULL);
    sigaction(SIGPIPE, &pipe_before, NULL);
    sigaction(SIGXFSZ, &size_before, NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
    if (program->terminal >= 0) {
        if (setsid() < 0) goto failed;
        if (ioctl(program->terminal, TIOCSCTTY, 0) != 0) goto failed;
    }
    int wanted[3] = {program->input, program->output, program->errors};
    // Away from 0, 1 and 2 first, so that no duplicate overwrites the next source.
    for (int i = 0; i < 3; i++) {
        if (wanted[i] >= 0 && wanted[i] < 3 && wanted[i] != i) {
            wanted[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, 3);
            if (wanted[i] < 0) goto failed;
        }
    }
    for (int i = 0; i < 3; i++) {
        if (wanted[i] < 0) continue;
        if (wanted[i] == i) {
            fcntl(i, F_SETFD, 0);
        } else if (dup2(wanted[i], i) < 0) {
            goto failed;
        }
    }
    if (program->directory && chdir(program->directory) != 0) goto failed;
    execve(program->path, program->arguments, program->environment);
    if (errno == ENOEXEC) {
        // A script without a first line that names its interpreter, as execvp has it.
        enum { most = 1024 };
        char *words[most];
        int count = 0;
        words[count++] = "/bin/sh";
        words[count++] = (char *)program->path;
        for (int i = 1; program->arguments[0] && program->arguments[i]; i++) {
            if (count == most - 1) {
                errno = E2BIG;
                goto failed;
            }
            words[count++] = program->arguments[i];
        }
        words[count] = NULL;
        execve(words[0], words, program->environment);
    }
failed:;
    int error = errno;
    ssize_t written = write(report, &error, sizeof error);
    (void)written;
    _exit(127);
}

int ledger_start(const ledger_program *program, pid_t *pid) {
    ignore_pipe();
    int report[2];
    int error = ledger_pipe(report);
    if (error) return error;
    // No handler of ours may run in the child before it has its own.
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t started = fork();
    if (started == 0) {
        child(program, report[1]);
    }
    error = started < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    close(report[1]);
    if (!error) {
        int told = 0;
        ssize_t count;
        do {
            count = read(report[0], &told, sizeof told);
        } while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof told) {
            error = told;
            while (waitpid(started, NULL, 0) < 0 && errno == EINTR) {
            }
        } else {
            *pid = started;
        }
    }
    close(report[0]);
    return error;
}

struct watch {
    pid_t pid;
    int descriptor;
};

static void *wait_for(void *argument) {
    struct watch watch = *(struct watch *)argument;
    free(argument);
    int status = 0;
    pid_t found;
    do {
        found = waitpid(watch.pid, &status, 0);
    } while (found < 0 && errno == EINTR);
    int told[2] = {-1, 0};
    if (found == watch.pid) {
        if (WIFEXITED(status)) told[0] = WEXITSTATUS(status);
        if (WIFSIGNALED(status)) told[1] = WTERMSIG(status);
    }
    ssize_t written = write(watch.descriptor, told, sizeof told);
    (void)written;
    close(watch.descriptor);
    return NULL;
}

int ledger_watch(pid_t pid, int descriptor) {
    struct watch *watch = malloc(sizeof *watch);
    if (!watch) return ENOMEM;
    watch->pid = pid;
    watch->descriptor = descriptor;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // Signals are for the thread that catches them.
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, wait_for, watch);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    if (error) free(watch);
    return error;
}
