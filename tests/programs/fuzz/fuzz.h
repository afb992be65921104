/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - a fuzzer's program: a sequence of V4L2 calls and memory operations
 *
 * A program is a string of bytes. Each record of RECORD bytes is one operation of the tables
 * in ops-*.c: the first byte selects it, the others are its arguments. Each operation accepts
 * all values of its arguments, so any string of bytes is a program.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <linux/types.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "memory/memory.h"

#define RECORD		8
#define ARGUMENTS	(RECORD - 1)
#define MAX_RECORDS	64
#define MAX_PROGRAM	(RECORD * MAX_RECORDS)

#define NODES		16	/* a memory-to-memory node counts twice: it has two queues */
#define FILES		4
#define MEMORIES	4
#define DMABUFS		4

/**
 * struct node - a queue of a video node of vipin
 * @path:	path of the node
 * @type:	type of the buffers
 * @fd:		an open file that the programs do not use
 * @other:	the other queue of the same node, or NULL
 */
struct node {
	char path[32];
	enum v4l2_buf_type type;
	int fd;
	const struct node *other;
};

/**
 * struct shared - what all processes of the fuzzer share
 * @calls:	system calls of all programs
 * @inputs:	programs that ran
 * @reports:	programs after which something was wrong
 * @forks:	child processes of this program
 * @threads:	threads of this program
 * @used:	a bit for each node that this program has opened
 */
struct shared {
	unsigned long long calls;
	unsigned long long inputs;
	unsigned long long reports;
	unsigned int forks;
	unsigned int threads;
	unsigned int used;
};

/**
 * struct file - an open file of a node
 * @fd:		the file, or -1
 * @node:	the node, a valid pointer also if the file is not open
 */
struct file {
	int fd;
	const struct node *node;
};

/**
 * struct scene - what the operations of a program work with
 * @nodes:	the nodes
 * @nr_nodes:	their number
 * @files:	open files
 * @memories:	memory of any kind; not mapped if its base is NULL
 * @dmabufs:	exported dma-bufs, or -1
 * @verbose:	print each call
 */
struct scene {
	const struct node *nodes;
	unsigned int nr_nodes;
	struct file files[FILES];
	struct memory memories[MEMORIES];
	int dmabufs[DMABUFS];
	bool verbose;
};

/**
 * struct op - an operation
 * @name:	its name
 * @arguments:	names of its arguments, one for each byte, separated by spaces
 * @run:	runs it with ARGUMENTS bytes; returns the result of its call, or a negative
 *		errno
 */
struct op {
	const char *name;
	const char *arguments;
	long (*run)(struct scene *s, const __u8 *argument);
};

/**
 * struct op_table - operations of one kind
 * @ops:	the operations
 * @nr_ops:	their number
 */
struct op_table {
	const struct op *ops;
	size_t nr_ops;
};

extern struct shared *shared;
extern const struct op_table file_ops;
extern const struct op_table buffer_ops;
extern const struct op_table format_ops;
extern const struct op_table control_ops;
extern const struct op_table memory_ops;
extern const struct op_table task_ops;
extern const struct op_table input_ops;

/**
 * counted() - count a system call
 * @result:	what it returned
 *
 * Return: @result, or a negative errno.
 */
long counted(long result);

long file_ioctl(const struct file *f, unsigned long request, void *argument);
struct file *chosen_file(struct scene *s, __u8 choice);
__u32 chosen_type(const struct file *f, __u8 choice);
__u32 chosen_size(__u8 choice);
size_t frame_size(const struct file *f);
const char *kind_name(__u8 choice);
int kind_choice(const char *name);

#endif
