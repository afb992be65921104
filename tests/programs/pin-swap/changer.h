/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * changer.h - a thread that changes the mapping while a pin waits for a page
 */
#ifndef CHANGER_H
#define CHANGER_H

#include <pthread.h>
#include <stdbool.h>

#include "stage.h"

struct zap;

/**
 * struct changer - memory, and a thread that provides its missing pages one by one
 * @frame:	the memory
 * @pages:	how many pages it has
 * @memory:	the file of shared memory that is mapped there, or -1
 * @image:	the content of the pages
 * @on_fault:	called when a page is missing, before it is provided; may be NULL
 * @tries:	number of faults at the first page: one in each try to pin, or more if the page
 *		is dropped again before the pin gets it
 * @spoil:	number of tries that @on_fault changes the mapping in
 * @signal:	signal to send to @pinner once while it waits; 0: none
 * @pinner:	the thread that pins
 * @zap:	memory that @on_fault may drop
 * @uffd:	the userfaultfd
 * @stop:	a pipe; closing it ends the thread
 * @thread:	the thread
 */
struct changer {
	unsigned char *frame;
	unsigned int pages;
	int memory;
	unsigned char *image;
	void (*on_fault)(struct changer *c, unsigned int page);
	unsigned int tries;
	unsigned int spoil;
	int signal;
	pthread_t pinner;
	struct zap *zap;
	int uffd;
	int stop[2];
	pthread_t thread;
};

void changer_start(struct changer *c, void *at, unsigned int pages, bool shared);
void changer_stop(struct changer *c);
void changer_drop(struct changer *c, unsigned int page);

#endif
