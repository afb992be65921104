// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-verdict.c - every verdict on a user pointer is told: as a trace event,
 * in debugfs (the last ones, in words) and in VIDIOC_LOG_STATUS (counted)
 */

#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "vipin.h"

#define CREATE_TRACE_POINTS
#include "vipin-trace.h"

static const char * const vipin_deciders[VIPIN_DECIDERS] = {
	[VIPIN_BY_NOBODY]	= "accepted",
	[VIPIN_BY_VMA_CHECK]	= "vma-check",
	[VIPIN_BY_RACE]		= "race",
	[VIPIN_BY_ARGUMENT]	= "argument",
	[VIPIN_BY_FRAME_VECTOR]	= "frame-vector",
	[VIPIN_BY_DMA_MAP]	= "dma-map",
	[VIPIN_BY_CONTIGUITY]	= "contiguity",
	[VIPIN_BY_MEMORY]	= "memory",
	[VIPIN_BY_UNKNOWN]	= "unknown",
};

static struct dentry *vipin_debugfs;

/**
 * vipin_verdict_record() - keep a verdict and tell it
 * @node:	the device
 * @verdict:	the verdict; its serial number is set here
 */
void vipin_verdict_record(struct vipin_node *node, struct vipin_verdict *verdict)
{
	spin_lock(&node->verdicts_lock);
	verdict->serial = ++node->nr_verdicts;
	node->decided[verdict->by]++;
	node->verdicts[verdict->serial % VIPIN_VERDICTS] = *verdict;
	spin_unlock(&node->verdicts_lock);
	if (verdict->err)
		node->refused = true;

	trace_vipin_userptr(video_device_node_name(&node->vdev), verdict,
			    vipin_policy_name(verdict->policy),
			    vipin_deciders[verdict->by]);
}

static void vipin_verdict_print(struct seq_file *m,
				const struct vipin_verdict *verdict)
{
	seq_printf(m, verdict->by_fd ? "#%llu %s %s fd%ld+%lu %d %s: %s\n" :
				       "#%llu %s %s 0x%lx+%lu %d %s: %s\n",
		   verdict->serial, vipin_policy_name(verdict->policy),
		   verdict->write ? "capture" : "output",
		   verdict->vaddr, verdict->size, verdict->err,
		   vipin_deciders[verdict->by], verdict->reason);
}

/* debugfs: vipin/videoN/verdicts, oldest first. */
static int vipin_verdicts_show(struct seq_file *m, void *unused)
{
	struct vipin_node *node = m->private;
	struct vipin_verdict verdict;
	u64 serial = 1;
	u64 last;

	do {
		/* One at a time: printing is too slow for a spinlock. */
		spin_lock(&node->verdicts_lock);
		last = node->nr_verdicts;
		if (last > VIPIN_VERDICTS)
			serial = max(serial, last - VIPIN_VERDICTS + 1);
		verdict = node->verdicts[serial % VIPIN_VERDICTS];
		spin_unlock(&node->verdicts_lock);

		if (serial <= last)
			vipin_verdict_print(m, &verdict);
	} while (serial++ < last);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vipin_verdicts);

/**
 * vipin_verdict_log() - the counters, for VIDIOC_LOG_STATUS
 * @node:	the device
 */
void vipin_verdict_log(struct vipin_node *node)
{
	unsigned int i;

	v4l2_info(&node->parent->v4l2_dev, "user pointers: %llu, policy %s\n",
		  node->nr_verdicts, vipin_policy_name(node->policy));
	for (i = 0; i < VIPIN_DECIDERS; i++)
		v4l2_info(&node->parent->v4l2_dev, "  %s: %llu\n", vipin_deciders[i],
			  node->decided[i]);
	v4l2_info(&node->parent->v4l2_dev, "  pinned anew, changed or of another process: %llu\n",
		  node->repinned);
}

/**
 * vipin_verdict_create() - give a device its place in debugfs
 * @node:	the device; &vipin_node.debugfs is for debugfs_remove_recursive()
 */
void vipin_verdict_create(struct vipin_node *node)
{
	node->debugfs = debugfs_create_dir(video_device_node_name(&node->vdev),
					   vipin_debugfs);
	debugfs_create_file("verdicts", 0400, node->debugfs, node,
			    &vipin_verdicts_fops);
}

/**
 * vipin_verdict_init() - make debugfs' vipin directory
 */
void vipin_verdict_init(void)
{
	vipin_debugfs = debugfs_create_dir("vipin", NULL);
}

/**
 * vipin_verdict_exit() - remove debugfs' vipin directory
 */
void vipin_verdict_exit(void)
{
	debugfs_remove_recursive(vipin_debugfs);
}
