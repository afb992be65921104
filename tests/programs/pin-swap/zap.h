/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zap.h - memory that a thread drops slowly, page by page
 */
#ifndef ZAP_H
#define ZAP_H

#include <pthread.h>
#include <stdbool.h>

#include "stage.h"

/**
 * struct zap - memory that a thread drops with one call
 * @memory:	all of it
 * @frame:	its last page
 * @after:	the page after it, which stays
 * @elsewhere:	a page that stays
 * @thread:	drops the memory
 * @pagemap:	/proc/self/pagemap
 */
struct zap {
	unsigned char *memory;
	unsigned char *frame;
	unsigned char *after;
	unsigned char *elsewhere;
	pthread_t thread;
	int pagemap;
};

void zap_prepare(struct zap *z);
void zap_first(void);
bool zap_start(struct zap *z);
void zap_wait(struct zap *z);
void zap_release(struct zap *z);

#endif
