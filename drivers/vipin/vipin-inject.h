/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-inject.h - errors that a program can inject by controls, to test another program
 */
#ifndef _VIPIN_INJECT_H
#define _VIPIN_INJECT_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct vb2_buffer;
struct vb2_v4l2_buffer;
struct v4l2_fract;
struct vipin_clock;
struct vipin_node;

/**
 * enum vipin_injection - an error that can be injected
 * @VIPIN_INJECT_DMA_FAULT:	the next transfer fails
 * @VIPIN_INJECT_ERROR_FLAG:	the next buffer has %V4L2_BUF_FLAG_ERROR
 * @VIPIN_INJECT_REQBUFS:	the next VIDIOC_REQBUFS or VIDIOC_CREATE_BUFS fails
 * @VIPIN_INJECT_QBUF:		the next VIDIOC_QBUF or VIDIOC_PREPARE_BUF fails
 * @VIPIN_INJECT_STREAMON:	the next VIDIOC_STREAMON fails
 * @VIPIN_INJECT_FATAL:		the stream ends with an error
 * @VIPIN_INJECT_PIN:		the next new pointer is refused: the errno
 * @VIPIN_INJECT_DMA_FAULT_AT:	the transfer of a byte of a frame fails: its number
 * @VIPIN_INJECT_DISCONNECT:	the device is unplugged
 * @VIPIN_INJECT_DROP:		frames are dropped, as long as it is set: percentage
 * @VIPIN_INJECT_LATE:		the next frame is late: number of frame intervals
 * @VIPIN_INJECT_TORN:		the next frame is torn: number of the first page with bytes
 *				of the frame before it
 * @VIPIN_INJECT_WRAP_SEQUENCE:	the sequence numbers of the next stream wrap
 * @VIPIN_INJECT_WRAP_TIME:	the timestamps of the next stream wrap: a menu index
 * @VIPIN_INJECTIONS:		number of errors
 *
 * The first one is always there. From @VIPIN_INJECT_DROP on, memory-to-memory nodes do not
 * have them.
 */
enum vipin_injection {
	VIPIN_INJECT_DMA_FAULT,
	VIPIN_INJECT_ERROR_FLAG,
	VIPIN_INJECT_REQBUFS,
	VIPIN_INJECT_QBUF,
	VIPIN_INJECT_STREAMON,
	VIPIN_INJECT_FATAL,
	VIPIN_INJECT_PIN,
	VIPIN_INJECT_DMA_FAULT_AT,
	VIPIN_INJECT_DISCONNECT,
	VIPIN_INJECT_DROP,
	VIPIN_INJECT_LATE,
	VIPIN_INJECT_TORN,
	VIPIN_INJECT_WRAP_SEQUENCE,
	VIPIN_INJECT_WRAP_TIME,
	VIPIN_INJECTIONS,
};

/**
 * struct vipin_inject - the errors that wait to be injected into one node
 * @next:	for each error, 0 or its argument (1 if it has none)
 * @injected:	how often each error was injected
 * @sequence:	the first sequence number of the current stream
 * @time_offset: nanoseconds that are added to each timestamp of the current stream
 */
struct vipin_inject {
	u32 next[VIPIN_INJECTIONS];
	atomic_t injected[VIPIN_INJECTIONS];
	u32 sequence;
	u64 time_offset;
};

u32 vipin_inject_take(struct vipin_inject *inject, enum vipin_injection what);
u32 vipin_inject_bytes_before_fault(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
				    unsigned int plane, u32 offset, u32 len);
int vipin_inject_refusal(struct vb2_buffer *vb);
bool vipin_inject_drop(struct vipin_inject *inject);
u32 vipin_inject_late(struct vipin_node *node, const struct vipin_clock *clock,
		      const struct v4l2_fract *interval);
u32 vipin_inject_torn(struct vipin_inject *inject);
void vipin_inject_start(struct vipin_inject *inject);
void vipin_inject_log(struct vipin_node *node);
void vipin_inject_ctrls_init(struct vipin_node *node);
void vipin_inject_init(void);

/* Is an error to be injected now? If so, return its argument and count it. */
static inline u32 vipin_injects(struct vipin_inject *inject, enum vipin_injection what)
{
	return unlikely(READ_ONCE(inject->next[what])) ? vipin_inject_take(inject, what) : 0;
}

#endif /* _VIPIN_INJECT_H */
