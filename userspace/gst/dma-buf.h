/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dma-buf.h - dma-bufs, as file descriptors
 */
#ifndef DMA_BUF_H
#define DMA_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

int dma_buf_of_frame(const struct frame_memory *frame);
int dma_buf_of_heap(const char *heap, size_t size, char *why);
void dma_buf_sync(int fd, bool write, bool begin);

#endif
