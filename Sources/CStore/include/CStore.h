#ifndef C_STORE_H
#define C_STORE_H

#include <sqlite3.h>

/// Switches the triggers of one connection off; a call with variable arguments, which Swift lacks.
///
/// Returns a result code of SQLite.
int store_disable_triggers(sqlite3 *connection);

#endif
