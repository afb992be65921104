/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account.h - what the scenarios of pin-account use
 *
 * A scenario runs as root in a process of its own, with the node open. It starts actors: other
 * processes, which queue their memory. It returns if all is right. Otherwise expect() or
 * skip() ends it.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/page.h"
#include "scenario-options.h"

struct node;

/**
 * struct scenario - one thing to test
 * @name:	short name
 * @sentence:	what must be true
 * @run:	tests it
 */
struct scenario {
	const char *name;
	const char *sentence;
	void (*run)(const struct node *n);
};

/* Each table ends with a scenario without a name. */
extern const struct scenario count_scenarios[];
extern const struct scenario limit_scenarios[];
extern const struct scenario group_scenarios[];
extern const struct scenario plane_scenarios[];

/* check.c */

__printf(2, 3)
void expect(bool condition, const char *format, ...);
__printf(1, 2) __noreturn
void skip(const char *format, ...);
void write_file(const char *path, const char *text);
long read_number(const char *path, const char *label);

/* node.c */

/**
 * struct node - an open video node
 * @path:	/dev/videoN
 * @vipin:	it is one of vipin
 * @policy:	its policy
 * @fd:		the open file
 * @type:	of its buffers
 * @pages:	pages of a buffer that the node accepts: one if they must be contiguous
 */
struct node {
	const char *path;
	bool vipin;
	enum vipin_policy policy;
	int fd;
	enum v4l2_buf_type type;
	size_t pages;
};

void node_open(struct node *n, const char *path, enum vipin_policy policy);
bool node_is_multiplanar(const char *path);
void node_skip_unless_vipin(const struct node *n);
void node_format(const struct node *n, unsigned int line, unsigned int lines);
void node_request(const struct node *n, unsigned int count);
void node_stream(const struct node *n, bool on);
void node_queue_mmap(const struct node *n, unsigned int index, unsigned int bytes);
void node_dequeue(const struct node *n);
void node_expect_pinned(const struct node *n, long pages, const char *when);
void node_expect_verdict(const struct node *n, const char *keys);
void node_restore(const char *path);
void node_set_memlock(bool on);
bool node_find_other(const struct node *n, char *path, size_t size);
void node_remember_pins(void);

/* actor.c */

#define UNLIMITED	(-1L)
#define USER		1000	/* an ordinary user */

/* Places in an actor's memory. */
enum place {
	FIRST,
	SECOND,
	NOTHING,	/* nothing is mapped there */
	PLACES,
};

/**
 * struct memory - a part of an actor's memory
 * @place:	where it is
 * @offset:	bytes from there
 * @length:	bytes
 */
struct memory {
	enum place place;
	size_t offset;
	size_t length;
};

/**
 * struct actor - another process
 * @pid:	its number; 0 once it has ended
 * @socket:	for requests and answers
 */
struct actor {
	pid_t pid;
	int socket;
};

struct memory actor_pages(enum place place, size_t pages);
struct actor actor_start(uid_t uid, long pages);
struct actor actor_start_root(void);
int actor_queue(const struct actor *a, const struct node *n, unsigned int index,
		struct memory memory);
int actor_queue_planes(const struct actor *a, const struct node *n, unsigned int index,
		       struct memory first, struct memory second);
void actor_expect_fault(const struct actor *a, const struct node *n);
int actor_prepare(const struct actor *a, const struct node *n, unsigned int index,
		  struct memory memory);
int actor_allocate(const struct actor *a, const struct node *n, unsigned int count);
int actor_map(const struct actor *a, const struct node *n, unsigned int index);
int actor_stream(struct actor *a, const struct node *n);
void actor_unmap(const struct actor *a, enum place place);
pid_t actor_fork(const struct actor *a);
void actor_exec(const struct actor *a);
void actor_become(const struct actor *a, uid_t uid);
void actor_limit(const struct actor *a, long pages);
long process_pinned(pid_t pid);
void actor_expect_pinned(const struct actor *a, long pages, const char *when);
void actor_end(struct actor *a);

#endif
