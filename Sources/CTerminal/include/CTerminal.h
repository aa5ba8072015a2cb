// What Swift cannot do safely: fork, signal handlers, pseudo-terminals, raw mode.
//
// Everything here returns 0 or an errno; nothing prints, nothing exits (but in the child, after
// fork, where only async-signal-safe calls are made).
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <sys/types.h>

/// A program to start, and the descriptors that it gets.
typedef struct {
    /// The path of the program, resolved.
    const char *path;
    /// Its arguments, NULL at the end.
    char *const *arguments;
    /// Its environment, NULL at the end.
    char *const *environment;
    /// Where it starts; NULL for here.
    const char *directory;
    /// Its descriptors 0, 1 and 2; -1 keeps ours.
    int input, output, errors;
    /// The slave of a pseudo-terminal that becomes its controlling terminal in a session of its
    /// own; -1 keeps our session.
    int terminal;
} ledger_program;

/// Starts a program; when this returns 0 it has been executed.
///
/// Signals that this process handles or ignores for its own sake are as they were when the process
/// began. Descriptors of ours that are not 0, 1 or 2 must be close-on-exec.
int ledger_start(const ledger_program *program, pid_t *pid);

/// Has a thread wait for a program's end and then write its exit status to a descriptor, as two
/// ints: exit status or -1, signal or 0. The program is reaped by then.
int ledger_watch(pid_t pid, int descriptor);

/// A signal that arrived, as it stands in the pipe of `ledger_signals_catch`.
typedef struct {
    int number;
    /// 1 when a process sent it, 0 when the kernel did, as for a key of the terminal.
    int is_sent;
} ledger_signal;

/// Catches the signals that end or stop a process: from now on they stand in a pipe.
///
/// What was ignored stays ignored (nohup). One catch at a time; EBUSY otherwise.
int ledger_signals_catch(int *descriptor);

/// Ends the catch.
void ledger_signals_release(void);

/// Stops this process as a signal of job control would, until it is continued.
void ledger_stop_self(void);

/// A new pseudo-terminal with the size and settings of the terminal on a descriptor, as far as it
/// is one; both ends are close-on-exec.
///
/// With `is_plain` the slave changes nothing of what is written to it: the real terminal will.
int ledger_terminal_open(int like, int is_plain, int *master, int *slave);

/// Copies the window size of one terminal to another.
void ledger_terminal_resize(int from, int to);

/// Passes every key of a terminal on as it is; 0 and the number of a slot to restore it by.
int ledger_terminal_raw(int descriptor);

/// Undoes `ledger_terminal_raw`.
void ledger_terminal_restore(int descriptor);

/// The character that stops programs, when the terminal behind a master listens to it; -1 else.
int ledger_terminal_stop_key(int master);

/// Sends a signal to the foreground process group of the terminal behind a master, else to a
/// process.
void ledger_terminal_signal(int master, pid_t pid, int signal);

/// True when this process is in the foreground of a terminal.
int ledger_terminal_is_foreground(int descriptor);

/// A pipe whose ends are close-on-exec.
int ledger_pipe(int ends[2]);

/// Makes reads and writes of a descriptor return instead of waiting.
int ledger_nonblocking(int descriptor);

/// The environment of this process.
char *const *ledger_environment(void);

#endif
