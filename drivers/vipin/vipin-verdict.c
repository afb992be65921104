// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-verdict.c - every verdict on a user pointer is told: as a trace event,
 * in debugfs (the last ones, in words) and in VIDIOC_LOG_STATUS (counted)
 */

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "vipin-compat.h"
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

/* All control characters, and the backslash that they are shown by. */
static const char vipin_escaped[] =
	"\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020"
	"\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177\\";

static struct dentry *vipin_debugfs;

/*
 * The end of a file's path, escaped as in /proc/PID/maps: any user can choose its name,
 * and it must not look like another verdict.
 */
static const char *vipin_file_name(struct file *file, char *buf, size_t most)
{
	char *path = file_path(file, buf, PATH_MAX);
	size_t length;
	int escaped;

	if (IS_ERR(path))
		return NULL;
	/* The path ends where @buf does, so its escaped end fits in front of it. */
	length = strlen(path);
	if (length > most)
		path += length - most;
	escaped = string_escape_mem(path, strlen(path), buf, 4 * most, ESCAPE_OCTAL,
				    vipin_escaped);
	buf[escaped] = 0;
	return buf;
}

/**
 * vipin_verdict_vma() - give a VMA as a verdict's reason
 * @verdict:	its reason is set
 * @vma:	the VMA
 * @law:	what the VMA is, as the words that follow its name
 *
 * If the path of a file is too long, its end is shown.
 *
 * Context: the mmap lock is held.
 */
void vipin_verdict_vma(struct vipin_verdict *verdict, const struct vm_area_struct *vma,
		       const char *law)
{
	const size_t size = sizeof(verdict->reason);
	const char *name = NULL;
	const char *cut = "";
	size_t used, length;
	char *buf;

	used = scnprintf(verdict->reason, size, "VMA %lx-%lx %s ", vma->vm_start, vma->vm_end,
			 law);
	if (!vma->vm_file) {
		strscpy(verdict->reason + used, "(anonymous)", size - used);
		return;
	}

	used += scnprintf(verdict->reason + used, size - used, "(file ");
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (buf)
		name = vipin_file_name(vma->vm_file, buf, size);
	if (!name)
		name = "whose name is not known";
	length = strlen(name);
	if (used + length + sizeof(")") > size) {
		cut = "...";
		name += length - (size - used - sizeof("...)"));
	}
	snprintf(verdict->reason + used, size - used, "%s%s)", cut, name);
	kfree(buf);
}

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

/*
 * debugfs: vipin/videoN/verdicts, oldest first. To print is too slow for a spinlock, so
 * print a copy: all of it is of one moment, and has an end.
 */
static int vipin_verdicts_show(struct seq_file *m, void *unused)
{
	struct vipin_node *node = m->private;
	struct vipin_verdict *verdicts;
	u64 serial, last;

	verdicts = kvmalloc_objs(*verdicts, VIPIN_VERDICTS);
	if (!verdicts)
		return -ENOMEM;

	spin_lock(&node->verdicts_lock);
	last = node->nr_verdicts;
	memcpy(verdicts, node->verdicts, sizeof(node->verdicts));
	spin_unlock(&node->verdicts_lock);

	serial = last > VIPIN_VERDICTS ? last - VIPIN_VERDICTS + 1 : 1;
	for (; serial <= last; serial++)
		vipin_verdict_print(m, &verdicts[serial % VIPIN_VERDICTS]);
	kvfree(verdicts);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vipin_verdicts);

/**
 * vipin_verdict_log() - the counters, for VIDIOC_LOG_STATUS
 * @node:	the device
 */
void vipin_verdict_log(struct vipin_node *node)
{
	u64 decided[VIPIN_DECIDERS];
	unsigned int i;
	u64 nr;

	/* Together, and on a 32-bit kernel each in one piece. */
	spin_lock(&node->verdicts_lock);
	nr = node->nr_verdicts;
	memcpy(decided, node->decided, sizeof(decided));
	spin_unlock(&node->verdicts_lock);

	v4l2_info(&node->parent->v4l2_dev, "user pointers: %llu, policy %s\n", nr,
		  vipin_policy_name(node->policy));
	for (i = 0; i < VIPIN_DECIDERS; i++)
		v4l2_info(&node->parent->v4l2_dev, "  %s: %llu\n", vipin_deciders[i],
			  decided[i]);
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
