/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * server.h - run programs for AFL++
 */
#ifndef SERVER_H
#define SERVER_H

/**
 * struct server_options - what the server writes
 * @record:	each program is written to this file as a line of hexadecimal digits before it
 *		runs, or NULL
 * @status:	figures are written to this file every second, or NULL
 * @coverage:	the addresses of blocks that were reached are written to this file now and then,
 *		or NULL
 * @wrong:	the program after which something is wrong is written to this file, or NULL
 */
struct server_options {
	const char *record;
	const char *status;
	const char *coverage;
	const char *wrong;
};

int server_run(const char *path, const struct server_options *options);
void *server_map(size_t *size);

#endif
