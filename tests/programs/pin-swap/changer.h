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
 * struct changer - memory whose missing pages a thread brings in, one by one
 * @frame:	the memory
 * @pages:	how many pages it has
 * @memory:	the file of shared memory that is mapped there, or -1
 * @image:	what the pages hold once they are there
 * @on_fault:	called when somebody waits for a page, before it is brought in
 * @tries:	how often somebody waited for the first page: once in each try to pin
 * @spoil:	so many tries shall see a change
 * @signal:	what @pinner is sent, once, while it waits; 0: nothing
 * @pinner:	the thread that pins
 * @zap:	memory that @on_fault may have dropped
 * @uffd:	the userfaultfd
 * @stop:	a pipe whose end tells the thread to end
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
