/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - ioctls whose structures are checked
 */
#ifndef CALLS_H
#define CALLS_H

#include "poison.h"

/**
 * struct range - a part of a structure
 * @start:	its first byte
 * @size:	its bytes; 0 ends a list
 */
struct range {
	size_t start;
	size_t size;
};

/* A member of a structure, as IN(type)->member. */
#define IN(type)	((type *)0)
#define PART(member)	{ (size_t)&(member), sizeof(member) }

/**
 * struct call - an ioctl
 * @name:	its name
 * @request:	its number
 * @size:	bytes of the structure, and of the array that it points to
 * @ask:	sets the fields that the program has to set
 * @zero:	what the kernel has to clear
 * @varies:	what is not the same in each call, but has a meaning
 * @err:	errno that it must return, or 0
 * @video:	not for metadata
 * @input:	only for an input, that is a capture device
 * @output:	only for an output
 * @mplane:	only with the multi-planar API
 * @optional:	older kernels do not have it
 * @needs:	a capability that the current input must have, or 0
 * @whole:	not for TV, whose frames have two fields: no program can select a part of them
 */
struct call {
	const char *name;
	unsigned long request;
	size_t size;
	void (*ask)(struct node *n, void *argument);
	struct range zero[5];
	struct range varies[3];
	int err;
	bool video;
	bool input;
	bool output;
	bool mplane;
	bool optional;
	__u32 needs;
	bool whole;
};

/* Values of &call.ask for more than one table. */
void ask_nothing(struct node *n, void *argument);
void ask_index(struct node *n, void *argument);
void ask_wrong_index(struct node *n, void *argument);

/* The table ends with a call without a name. */
extern const struct call input_calls[];

#endif
