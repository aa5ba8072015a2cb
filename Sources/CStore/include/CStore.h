#ifndef C_STORE_H
#define C_STORE_H

#include <sqlite3.h>
#include <stdint.h>

/// Has SQLite keep no account of the memory it uses, for which every allocation would take a lock; a
/// call with variable arguments, which Swift lacks.
///
/// Returns SQLITE_MISUSE, and nothing is changed, when this process has used SQLite already.
int store_skip_memory_account(void);

/// Switches the triggers of one connection off; a call with variable arguments, which Swift lacks.
///
/// Returns a result code of SQLite.
int store_disable_triggers(sqlite3 *connection);

/// Has `json_extract` give any text on one connection, which is then good for nothing but looking at
/// the structure of a file whose records are read elsewhere.
///
/// Returns a result code of SQLite.
int store_shorten_json(sqlite3 *connection);

/// Has `json_extract` read the attributes of canonical records, and nothing else, on one connection; it
/// gives what SQLite's own gives, without taking the whole record apart for it.
///
/// An attribute is a text. One that is not there, or a record that is not canonical, gives NULL.
///
/// Returns a result code of SQLite.
int store_read_canonical(sqlite3 *connection);

/// Has SQLite know the file system `ledger-still`, for a main file that is opened with `immutable=1`.
///
/// The file is held, by SQLite's shared lock, from its opening until it is closed: opening it gives
/// SQLITE_BUSY while another process has it for itself. A page that is read after the file was changed
/// is not given; that is SQLITE_LOCKED.
///
/// Returns a result code of SQLite.
int store_register_still(void);

/// Whether the main file of a connection has changed since it was opened by `ledger-still`; 0 for a
/// file that was opened otherwise.
int store_has_moved(sqlite3 *connection);

/// Gives a file another name that no file has, in one step where the file system knows how.
///
/// Returns 0, or what `errno` is: EEXIST when something has the name.
int store_move_to_free_place(const char *path, const char *place);

/// A word in memory that processes share, as the newest of them left it; Swift's own atomics do not
/// reach into memory that a file is mapped to.
uint32_t store_word(const uint32_t *word);

/// Sets a shared word; what was written before is seen by whoever sees the new value.
void store_set_word(uint32_t *word, uint32_t value);

/// Sets a shared word when it has a value; returns 0, and nothing is changed, when it has another.
int store_change_word(uint32_t *word, uint32_t from, uint32_t to);

/// A shared number.
uint64_t store_number(const uint64_t *number);

/// Sets a shared number.
void store_set_number(uint64_t *number, uint64_t value);

/// Adds one to a shared number and returns what it was.
uint64_t store_next_number(uint64_t *number);

/// Sleeps until another process wakes those at a word, unless the word has another value already, and
/// not much longer than so many microseconds; may wake up early.
void store_sleep(const uint32_t *word, uint32_t value, uint32_t microseconds);

/// Changes a word and wakes those who sleep at it.
void store_wake(uint32_t *word);

#endif
