// One DNS question through the system's resolver library (libresolv).
//
// Swift cannot call it directly: its state is a C union behind macros, and its parser works on
// buffers inside the message.
#ifndef CRESOLVER_H
#define CRESOLVER_H

#include <stdint.h>

/// A record of the answer section.
struct ledger_dns_record {
    /// 1 address, 2 name server, 5 alias, 28 IPv6 address.
    int type;
    /// Time to live in seconds.
    uint32_t ttl;
    /// Whose record it is.
    char owner[1025];
    /// A name, or an address as text.
    char value[1025];
};

/// What came back.
struct ledger_dns_answer {
    /// 0 no error, 3 no such name, else a failure (RFC 1035 section 4.1.1).
    int code;
    /// 1 when the server is one of those that know.
    int is_authoritative;
    /// How many records were written.
    int count;
};

/// Asks a server, or those of the system when `server` is NULL. Gives 0, or -1 when nobody
/// answered. Over UDP, and over TCP when the answer is too long.
int ledger_dns_ask(const char *server, uint16_t port, const char *name, int type, int recurses,
                   int seconds, struct ledger_dns_record *records, int capacity,
                   struct ledger_dns_answer *answer);

#endif
