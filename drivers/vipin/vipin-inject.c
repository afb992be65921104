// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-inject.c - inject errors by controls, to test how a program handles them
 *
 * A control arms an error. The other files ask at the place where hardware or the kernel
 * would fail, and the answer disarms it. Where nothing is armed, that costs one branch.
 *
 * Names and behaviour of controls that vivid also has are those of vivid.
 */

#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * vipin_inject_take() - disarm an error that is injected now, and count it
 * @inject:	the errors of a node
 * @what:	the error
 *
 * Return: the argument of the error, or 0 if it was disarmed meanwhile.
 */
u32 vipin_inject_take(struct vipin_inject *inject, enum vipin_injection what)
{
	u32 argument = xchg(&inject->next[what], 0);

	if (argument)
		atomic_inc(&inject->injected[what]);
	return argument;
}

/* Return the offset of a plane in the frame, in bytes. */
static u32 vipin_inject_plane_start(struct vb2_v4l2_buffer *vb, unsigned int plane)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	u32 start = 0;

	vipin_plane_sizes(vipin_pix(vb->vb2_buf.vb2_queue), sizes);
	while (plane--)
		start += sizes[plane];
	return start;
}

/**
 * vipin_inject_bytes_before_fault() - find out where a DMA fault is injected
 * @node:	the node
 * @vb:		the buffer
 * @plane:	number of the plane
 * @offset:	first byte of the transfer in the plane
 * @len:	its length in bytes
 *
 * A memory-to-memory node reads a byte before it writes it, so there the read fails.
 *
 * Return: the number of bytes before the fault, or @len if there is none.
 */
u32 vipin_inject_bytes_before_fault(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
				    unsigned int plane, u32 offset, u32 len)
{
	struct vipin_inject *inject = &node->inject;
	u32 at, start;

	if (vipin_injects(inject, VIPIN_INJECT_DMA_FAULT))
		return 0;
	at = READ_ONCE(inject->next[VIPIN_INJECT_DMA_FAULT_AT]);
	if (likely(!at))
		return len;
	start = offset + vipin_inject_plane_start(vb, plane);
	if (at < start || at - start >= len)
		return len;
	return vipin_injects(inject, VIPIN_INJECT_DMA_FAULT_AT) ? at - start : len;
}

/**
 * vipin_inject_refusal() - refuse a buffer in buf_prepare
 * @vb:		the buffer; vb2 releases its memory
 *
 * Record a verdict, which says that a control refused the buffer, and not the kernel.
 *
 * Return: -EINVAL
 */
int vipin_inject_refusal(struct vb2_buffer *vb)
{
	struct vb2_queue *q = vb->vb2_queue;
	struct vipin_node *node = vipin_pin_node(vb2_get_drv_priv(q));
	struct vipin_verdict verdict = {
		.by_fd = q->memory == VB2_MEMORY_DMABUF,
		.vaddr = q->memory == VB2_MEMORY_DMABUF ? vb->planes[0].m.fd :
							  vb->planes[0].m.userptr,
		.size = vb->planes[0].length,
		.write = !q->is_output,
		.policy = node->policy,
		.err = -EINVAL,
	};

	if (q->memory == VB2_MEMORY_MMAP)
		return -EINVAL;
	vipin_verdict_set(&verdict, VIPIN_BY_INJECTION, VIPIN_REASON_INJECTED,
			  "the control Inject VIDIOC_QBUF Error refused the buffer");
	vipin_verdict_record(node, &verdict);
	return -EINVAL;
}

/**
 * vipin_inject_drop() - decide whether to drop a frame
 * @inject:	the errors of a node
 *
 * Return: true if the frame is to be dropped.
 */
bool vipin_inject_drop(struct vipin_inject *inject)
{
	u32 percentage = READ_ONCE(inject->next[VIPIN_INJECT_DROP]);

	if (likely(!percentage) || get_random_u32() % 100 >= percentage)
		return false;
	atomic_inc(&inject->injected[VIPIN_INJECT_DROP]);
	return true;
}

/**
 * vipin_inject_late() - wait if the next frame is to be late
 * @node:	the node; the caller is its frame thread
 * @clock:	the frame clock
 * @interval:	time per frame in seconds
 *
 * The engine is busy with the frame meanwhile, so it loses the frames that become due.
 *
 * Return: the number of frames that are lost.
 */
u32 vipin_inject_late(struct vipin_node *node, const struct vipin_clock *clock,
		      const struct v4l2_fract *interval)
{
	u32 late = vipin_injects(&node->inject, VIPIN_INJECT_LATE);
	struct vipin_clock then = *clock;
	u64 due, now;

	if (likely(!late))
		return 0;
	then.frame += late;
	due = vipin_clock_due(&then, interval);
	now = ktime_get_ns();
	if (due > now)
		wait_event_freezable_timeout(node->wake, kthread_should_stop(),
					     nsecs_to_jiffies(due - now) + 1);
	return late;
}

/**
 * vipin_inject_torn() - find out where the next frame is torn
 * @inject:	the errors of a node
 *
 * Return: the number of bytes that belong to the new frame, or %U32_MAX if it is whole.
 */
u32 vipin_inject_torn(struct vipin_inject *inject)
{
	u32 page = vipin_injects(inject, VIPIN_INJECT_TORN);

	return unlikely(page) ? page * PAGE_SIZE : U32_MAX;
}

/* Menu indices of VIPIN_CID_TIME_WRAP. */
enum {
	VIPIN_TIME_WRAP_NONE,
	VIPIN_TIME_WRAP_64,
	VIPIN_TIME_WRAP_32,
};

/* What is left of a number when a stream starts whose numbers are to wrap. */
#define VIPIN_FRAMES_TO_WRAP	128U
#define VIPIN_SECONDS_TO_WRAP	16ULL

/* Return the time at which a stream starts whose timestamps are to wrap. */
static u64 vipin_inject_first_time(u32 wrap)
{
	if (wrap == VIPIN_TIME_WRAP_64)
		return BIT_ULL(63) - VIPIN_SECONDS_TO_WRAP * NSEC_PER_SEC;
	return (BIT_ULL(31) - VIPIN_SECONDS_TO_WRAP) * NSEC_PER_SEC;
}

/**
 * vipin_inject_start() - apply at the start of a stream what holds for all of it
 * @inject:	the errors of a node
 */
void vipin_inject_start(struct vipin_inject *inject)
{
	u32 wrap = READ_ONCE(inject->next[VIPIN_INJECT_WRAP_TIME]);

	WRITE_ONCE(inject->next[VIPIN_INJECT_DMA_FAULT], 0);
	inject->sequence = READ_ONCE(inject->next[VIPIN_INJECT_WRAP_SEQUENCE]) ?
			   -VIPIN_FRAMES_TO_WRAP : 0;
	inject->time_offset = wrap == VIPIN_TIME_WRAP_NONE ? 0 :
			      vipin_inject_first_time(wrap) - ktime_get_ns();
}

static bool vipin_inject_is_streaming(struct vipin_node *node)
{
	return vipin_is_m2m(node) ? vipin_m2m_is_streaming(node) :
				    vb2_start_streaming_called(&node->queue);
}

/* End the stream with an error. Only VIDIOC_STREAMOFF helps. */
static void vipin_inject_fatal(struct vipin_node *node)
{
	if (!vipin_inject_is_streaming(node))
		return;
	atomic_inc(&node->inject.injected[VIPIN_INJECT_FATAL]);
	if (vipin_is_m2m(node))
		vipin_m2m_error(node);
	else
		vb2_queue_error(&node->queue);
}

static int vipin_inject_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct vipin_node *node = container_of(ctrl->handler, struct vipin_node, ctrls);
	u32 *next = ctrl->priv;

	switch (ctrl->id) {
	case VIPIN_CID_INJECT_FATAL:
		vipin_inject_fatal(node);
		return 0;
	case VIPIN_CID_DISCONNECT:
		vipin_disconnect(node->parent);
		return 0;
	case VIPIN_CID_INJECT_DMA_FAULT:
		/* Ignore the button while not streaming: there is no frame to fail. */
		if (!vipin_inject_is_streaming(node))
			return 0;
		break;
	}
	WRITE_ONCE(*next, ctrl->type == V4L2_CTRL_TYPE_BUTTON ? 1 : ctrl->val);
	return 0;
}

/* An error that waits has its argument as value. After it was injected, the value is 0. */
static int vipin_inject_g_ctrl(struct v4l2_ctrl *ctrl)
{
	const u32 *next = ctrl->priv;

	ctrl->val = READ_ONCE(*next);
	return 0;
}

static const struct v4l2_ctrl_ops vipin_inject_ctrl_ops = {
	.s_ctrl = vipin_inject_s_ctrl,
	.g_volatile_ctrl = vipin_inject_g_ctrl,
};

static const char * const vipin_time_wraps[] = {
	[VIPIN_TIME_WRAP_NONE]	= "None",
	[VIPIN_TIME_WRAP_64]	= "64 Bit",
	[VIPIN_TIME_WRAP_32]	= "32 Bit",
	NULL
};

/* An error without an argument. */
#define VIPIN_BUTTON(_id, _name)				\
	{							\
		.ops = &vipin_inject_ctrl_ops,			\
		.id = (_id),					\
		.name = (_name),				\
		.type = V4L2_CTRL_TYPE_BUTTON,			\
	}

/* An error with an argument. The same argument again injects it again. */
#define VIPIN_ARGUMENT(_id, _name, _max)			\
	{							\
		.ops = &vipin_inject_ctrl_ops,			\
		.id = (_id),					\
		.name = (_name),				\
		.type = V4L2_CTRL_TYPE_INTEGER,			\
		.flags = V4L2_CTRL_FLAG_VOLATILE |		\
			 V4L2_CTRL_FLAG_EXECUTE_ON_WRITE,	\
		.max = (_max),					\
		.step = 1,					\
	}

static const struct v4l2_ctrl_config vipin_inject_ctrls[VIPIN_INJECTIONS] = {
	[VIPIN_INJECT_DMA_FAULT] =
		VIPIN_BUTTON(VIPIN_CID_INJECT_DMA_FAULT, "Inject DMA Fault"),
	[VIPIN_INJECT_ERROR_FLAG] =
		VIPIN_BUTTON(VIPIN_CID_INJECT_ERROR_FLAG, "Inject V4L2_BUF_FLAG_ERROR"),
	[VIPIN_INJECT_REQBUFS] =
		VIPIN_BUTTON(VIPIN_CID_INJECT_REQBUFS, "Inject VIDIOC_REQBUFS Error"),
	[VIPIN_INJECT_QBUF] =
		VIPIN_BUTTON(VIPIN_CID_INJECT_QBUF, "Inject VIDIOC_QBUF Error"),
	[VIPIN_INJECT_STREAMON] =
		VIPIN_BUTTON(VIPIN_CID_INJECT_STREAMON, "Inject VIDIOC_STREAMON Error"),
	[VIPIN_INJECT_FATAL] =
		VIPIN_BUTTON(VIPIN_CID_INJECT_FATAL, "Inject Fatal Streaming Error"),
	[VIPIN_INJECT_PIN] =
		VIPIN_ARGUMENT(VIPIN_CID_INJECT_PIN_ERROR, "Inject Pin Error", EHWPOISON),
	[VIPIN_INJECT_DMA_FAULT_AT] =
		VIPIN_ARGUMENT(VIPIN_CID_INJECT_DMA_FAULT_AT, "Inject DMA Fault at Byte",
			       VIPIN_MAX_BUFFER),
	[VIPIN_INJECT_DISCONNECT] =
		VIPIN_BUTTON(VIPIN_CID_DISCONNECT, "Disconnect"),
	[VIPIN_INJECT_DROP] = {
		.ops = &vipin_inject_ctrl_ops,
		.id = VIPIN_CID_PERC_DROPPED,
		.name = "Percentage of Dropped Buffers",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.max = 100,
		.step = 1,
	},
	[VIPIN_INJECT_LATE] =
		VIPIN_ARGUMENT(VIPIN_CID_INJECT_LATE_FRAME, "Inject Late Frame", 1000),
	[VIPIN_INJECT_TORN] =
		VIPIN_ARGUMENT(VIPIN_CID_INJECT_TORN_FRAME, "Inject Torn Frame",
			       VIPIN_MAX_BUFFER / PAGE_SIZE),
	[VIPIN_INJECT_WRAP_SEQUENCE] = {
		.ops = &vipin_inject_ctrl_ops,
		.id = VIPIN_CID_SEQ_WRAP,
		.name = "Wrap Sequence Number",
		.type = V4L2_CTRL_TYPE_BOOLEAN,
		.max = 1,
		.step = 1,
	},
	[VIPIN_INJECT_WRAP_TIME] = {
		.ops = &vipin_inject_ctrl_ops,
		.id = VIPIN_CID_TIME_WRAP,
		.name = "Wrap Timestamp",
		.type = V4L2_CTRL_TYPE_MENU,
		.max = VIPIN_TIME_WRAP_32,
		.qmenu = vipin_time_wraps,
	},
};

static bool vipin_inject_applies(const struct vipin_node *node, enum vipin_injection what)
{
	/* A memory-to-memory node has neither a frame clock nor pictures. */
	if (vipin_is_m2m(node))
		return what < VIPIN_INJECT_DROP;
	/* Metadata are not a picture. The capture node has the pins, and the numbers of frames. */
	if (vipin_is_meta(node))
		return what < VIPIN_INJECT_DROP && what != VIPIN_INJECT_PIN;
	/* With loopback, the output node has the only clock, and reads the picture. */
	if (vipin_is_loop_sink(node))
		return what != VIPIN_INJECT_LATE && what != VIPIN_INJECT_TORN;
	return true;
}

/**
 * vipin_inject_ctrls_init() - create the controls that inject errors
 * @node:	the node; its control handler has an error if one cannot be created
 *
 * Without the module parameter error_injection, there is only one of them.
 */
void vipin_inject_ctrls_init(struct vipin_node *node)
{
	unsigned int i, count = node->parent->config.error_injection ? VIPIN_INJECTIONS : 1;

	for (i = 0; i < count; i++) {
		if (vipin_inject_applies(node, i))
			v4l2_ctrl_new_custom(&node->ctrls, &vipin_inject_ctrls[i],
					     &node->inject.next[i]);
	}
}

/**
 * vipin_inject_log() - log how many errors were injected, for VIDIOC_LOG_STATUS
 * @node:	the node
 */
void vipin_inject_log(struct vipin_node *node)
{
	unsigned int i;
	int times;

	for (i = 0; i < VIPIN_INJECTIONS; i++) {
		times = atomic_read(&node->inject.injected[i]);
		if (times)
			v4l2_info(&node->parent->v4l2_dev, "injected by \"%s\": %d\n",
				  vipin_inject_ctrls[i].name, times);
	}
}

/*
 * Return an error if the pointer is to be refused, or NULL. Record the verdict on a pointer that
 * is refused.
 */
static void *vipin_inject_pin_error(struct device *dev, unsigned long vaddr, unsigned long size,
				    enum dma_data_direction direction)
{
	struct vipin_dev *vipin = dev_get_drvdata(dev);
	bool write = direction != DMA_TO_DEVICE;
	struct vipin_node *node = write ? vipin->capture : vipin->output;
	int err = vipin_injects(&node->inject, VIPIN_INJECT_PIN);
	struct vipin_verdict verdict;

	if (likely(!err))
		return NULL;
	verdict = (struct vipin_verdict){
		.vaddr = untagged_addr(vaddr),
		.size = size,
		.write = write,
		.policy = node->policy,
		.err = -err,
	};
	vipin_verdict_set(&verdict, VIPIN_BY_INJECTION, VIPIN_REASON_INJECTED,
			  "the control Inject Pin Error refused the pointer");
	vipin_verdict_record(node, &verdict);
	return ERR_PTR(-err);
}

/* vb2's memory operation get_userptr: vipin-userptr.c's, unless the pointer is refused here. */
#if VIPIN_GET_USERPTR_HAS_BUFFER
static void *(*vipin_inject_next_get)(struct vb2_buffer *vb, struct device *dev,
				      unsigned long vaddr, unsigned long size);

static void *vipin_inject_get_userptr(struct vb2_buffer *vb, struct device *dev,
				      unsigned long vaddr, unsigned long size)
{
	return vipin_inject_pin_error(dev, vaddr, size, vb->vb2_queue->dma_dir) ?:
	       vipin_inject_next_get(vb, dev, vaddr, size);
}
#else
static void *(*vipin_inject_next_get)(struct device *dev, unsigned long vaddr,
				      unsigned long size, enum dma_data_direction direction);

static void *vipin_inject_get_userptr(struct device *dev, unsigned long vaddr,
				      unsigned long size, enum dma_data_direction direction)
{
	return vipin_inject_pin_error(dev, vaddr, size, direction) ?:
	       vipin_inject_next_get(dev, vaddr, size, direction);
}
#endif

/**
 * vipin_inject_init() - let vipin_memops ask first whether a pointer is to be refused
 *
 * Call this after vipin_userptr_init().
 */
void vipin_inject_init(void)
{
	vipin_inject_next_get = vipin_memops.get_userptr;
	vipin_memops.get_userptr = vipin_inject_get_userptr;
}
