#include "CStore.h"

#include <stdlib.h>
#include <string.h>

// A record is an object in the canonical form of RFC 8785: no space, names in their order. Beside
// "data", all its values are texts. What stands before "data" is read from the front and what stands
// behind it from the back, so that nobody goes through the data.

typedef struct {
  const char *start, *end;
} Span;

/// The quote that ends a text whose first character is at `p`; null when there is none.
static const char *closing_quote(const char *p, const char *end) {
  for (; p < end; p++) {
    if (*p == '"') return p;
    if (*p == '\\') p++;
  }
  return 0;
}

/// The quote that begins a text which ends at `p`: the first one back with no backslash before it, as
/// every quote within a text has.
static const char *opening_quote(const char *start, const char *p) {
  while (--p > start)
    if (*p == '"' && p[-1] != '\\') return p;
  return 0;
}

static int is(Span name, const char *start, const char *end) {
  size_t length = (size_t)(name.end - name.start);
  return (size_t)(end - start) == length && !memcmp(start, name.start, length);
}

/// What a name stands for among the members that come first; empty when it is not there.
static Span from_front(Span record, Span name) {
  const char *p = record.start, *end = record.end;
  char before = '{';
  while (end - p > 2 && *p == before && p[1] == '"') {
    const char *start = p + 2, *stop = closing_quote(start, end);
    if (!stop || end - stop < 3 || stop[1] != ':' || stop[2] != '"') break;
    const char *last = closing_quote(stop + 3, end);
    if (!last) break;
    if (is(name, start, stop)) return (Span){stop + 3, last};
    p = last + 1;
    before = ',';
  }
  return (Span){0, 0};
}

/// What a name stands for among the members that come last; empty when it is not there.
static Span from_back(Span record, Span name) {
  const char *start = record.start, *p = record.end - 1;
  if (p < start || *p != '}') return (Span){0, 0};
  while (p - start > 1 && p[-1] == '"') {
    const char *last = p - 1, *first = opening_quote(start, last);
    if (!first || first - start < 3 || first[-1] != ':' || first[-2] != '"') break;
    const char *stop = first - 2, *open = opening_quote(start, stop);
    if (!open) break;
    if (is(name, open + 1, stop)) return (Span){first + 1, last};
    p = open - 1;
    if (*p != ',') break;
  }
  return (Span){0, 0};
}

static int hex(const char *p, unsigned *value) {
  *value = 0;
  for (int i = 0; i < 4; i++) {
    char c = p[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return 0;
    *value = *value << 4 | (unsigned)digit;
  }
  return 1;
}

/// The text that is written with escapes; returns its length, or -1 for what is not canonical.
static int unescape(Span text, char *out) {
  int length = 0;
  for (const char *p = text.start; p < text.end; p++) {
    if (*p != '\\') {
      out[length++] = *p;
      continue;
    }
    if (++p == text.end) return -1;
    unsigned code;
    switch (*p) {
      case '"': case '\\': out[length++] = *p; break;
      case 'b': out[length++] = '\b'; break;
      case 'f': out[length++] = '\f'; break;
      case 'n': out[length++] = '\n'; break;
      case 'r': out[length++] = '\r'; break;
      case 't': out[length++] = '\t'; break;
      case 'u':
        // Only what cannot stand as it is: the characters below the space.
        if (text.end - p < 5 || !hex(p + 1, &code) || code >= 0x20) return -1;
        if (!code) return length;
        out[length++] = (char)code;
        p += 4;
        break;
      default: return -1;
    }
  }
  return length;
}

static void attribute(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  const char *text = (const char *)sqlite3_value_text(values[0]);
  const char *path = (const char *)sqlite3_value_text(values[1]);
  if (!text) return;
  if (!path || path[0] != '$' || path[1] != '.') {
    sqlite3_result_error(context, "only an attribute of a record can be read", -1);
    return;
  }
  Span record = {text, text + sqlite3_value_bytes(values[0])};
  Span name = {path + 2, path + sqlite3_value_bytes(values[1])};
  Span found = strcmp(path + 2, "data") < 0 ? from_front(record, name) : from_back(record, name);
  if (!found.start) return;
  if (!memchr(found.start, '\\', (size_t)(found.end - found.start))) {
    sqlite3_result_text(context, found.start, (int)(found.end - found.start), SQLITE_TRANSIENT);
    return;
  }
  char *plain = malloc((size_t)(found.end - found.start));
  if (!plain) {
    sqlite3_result_error_nomem(context);
    return;
  }
  int length = unescape(found, plain);
  if (length < 0) {
    free(plain);
    sqlite3_result_error(context, "a record is not canonical", -1);
    return;
  }
  sqlite3_result_text(context, plain, length, free);
}

int store_read_canonical(sqlite3 *connection) {
  return sqlite3_create_function_v2(
      connection, "json_extract", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, 0,
      attribute, 0, 0, 0);
}
