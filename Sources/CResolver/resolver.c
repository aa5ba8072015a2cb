#include "CResolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>

/// Makes a host name or an IPv4 address and a port the only server that is asked.
static int use_server(res_state state, const char *server, uint16_t port) {
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(server, NULL, &hints, &found) != 0 || found == NULL) return -1;
    memcpy(&state->nsaddr_list[0], found->ai_addr, sizeof(struct sockaddr_in));
    state->nsaddr_list[0].sin_port = htons(port);
    state->nscount = 1;
    freeaddrinfo(found);
    return 0;
}

/// Reads one record; 0 for one that nobody asks about.
static int read_record(ns_msg *message, ns_rr *rr, struct ledger_dns_record *record) {
    memset(record, 0, sizeof *record);
    record->type = ns_rr_type(*rr);
    record->ttl = ns_rr_ttl(*rr);
    strncpy(record->owner, ns_rr_name(*rr), sizeof record->owner - 1);
    switch (record->type) {
    case ns_t_a:
        return ns_rr_rdlen(*rr) == 4
            && inet_ntop(AF_INET, ns_rr_rdata(*rr), record->value, sizeof record->value) != NULL;
    case ns_t_aaaa:
        return ns_rr_rdlen(*rr) == 16
            && inet_ntop(AF_INET6, ns_rr_rdata(*rr), record->value, sizeof record->value) != NULL;
    case ns_t_cname:
    case ns_t_ns:
        return ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*rr),
                                  record->value, sizeof record->value) >= 0;
    default: return 0;
    }
}

int ledger_dns_ask(const char *server, uint16_t port, const char *name, int type, int recurses,
                   int seconds, struct ledger_dns_record *records, int capacity,
                   struct ledger_dns_answer *answer) {
    struct __res_state state;
    unsigned char query[1024];
    unsigned char reply[65536];
    ns_msg message;
    int result = -1;
    memset(&state, 0, sizeof state);
    memset(answer, 0, sizeof *answer);
    if (res_ninit(&state) != 0) return -1;
    state.retrans = seconds;
    state.retry = 2;
    if (recurses) {
        state.options |= RES_RECURSE;
    } else {
        state.options &= ~(unsigned long)RES_RECURSE;
    }
    if (server == NULL || use_server(&state, server, port) == 0) {
        int length = res_nmkquery(&state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, query,
                                  sizeof query);
        if (length > 0) length = res_nsend(&state, query, length, reply, sizeof reply);
        if (length > 0 && ns_initparse(reply, length, &message) == 0) {
            answer->code = ns_msg_getflag(message, ns_f_rcode);
            answer->is_authoritative = ns_msg_getflag(message, ns_f_aa);
            int count = ns_msg_count(message, ns_s_an);
            int index = 0;
            for (; index < count && answer->count < capacity; index++) {
                ns_rr rr;
                if (ns_parserr(&message, ns_s_an, index, &rr) != 0) break;
                answer->count += read_record(&message, &rr, &records[answer->count]);
            }
            // A part of an answer would pass for all of it.
            result = index == count ? 0 : -1;
        }
    }
    res_nclose(&state);
    return result;
}
