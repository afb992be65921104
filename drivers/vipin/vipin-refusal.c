// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-refusal.c - why vb2 refused a buffer without asking vipin
 *
 * vb2 compares lengths before it has a pointer pinned, and gets at a dma-buf by
 * itself. All that a program is told is an errno. What vb2 looked at is looked at
 * again here, so that the verdict has the reason.
 */

#include <linux/dma-buf.h>
#include <linux/module.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_part - one plane of a buffer, as the program describes it
 * @pointer:	the user pointer, or the dma-buf's fd
 * @length:	bytes of the plane
 * @bytesused:	output: bytes of it that are in use; 0 for all
 * @data_offset: output: where in it the frame begins
 */
struct vipin_part {
	unsigned long pointer;
	u32 length;
	u32 bytesused;
	u32 data_offset;
};

static struct vipin_part vipin_part(const struct v4l2_buffer *b, unsigned int plane)
{
	bool by_fd = b->memory == V4L2_MEMORY_DMABUF;
	const struct v4l2_plane *p;

	if (!V4L2_TYPE_IS_MULTIPLANAR(b->type))
		return (struct vipin_part){
			.pointer = by_fd ? b->m.fd : b->m.userptr,
			.length = b->length,
			.bytesused = b->bytesused,
		};
	p = &b->m.planes[plane];
	return (struct vipin_part){
		.pointer = by_fd ? p->m.fd : p->m.userptr,
		.length = p->length,
		.bytesused = p->bytesused,
		.data_offset = p->data_offset,
	};
}

/* What vb2 asks of a plane's length: __prepare_userptr(), __prepare_dmabuf(). */
static bool vipin_length_refused(struct vipin_verdict *verdict, const struct vipin_node *node,
				 const struct vb2_buffer *vb, unsigned int plane, u32 length,
				 enum vipin_reason too_short)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	u32 needed = vb->planes[plane].min_length;

	if (length >= needed)
		return false;
	vipin_plane_sizes(&node->pix, sizes);
	if (needed > sizes[plane])
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, VIPIN_REASON_BUFFER_LARGER,
				  "plane %u has %u bytes, and VIDIOC_CREATE_BUFS made buffer %u for %u",
				  plane, length, vb->index, needed);
	else
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, too_short,
				  "plane %u has %u bytes, and a frame needs %u (sizeimage)",
				  plane, length, needed);
	return true;
}

/* What vb2 asks of an output buffer: __verify_length(). */
static bool vipin_payload_refused(struct vipin_verdict *verdict, const struct v4l2_buffer *b,
				  unsigned int plane, const struct vipin_part *part)
{
	if (V4L2_TYPE_IS_CAPTURE(b->type))
		return false;
	if (part->bytesused > part->length) {
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, VIPIN_REASON_BYTESUSED,
				  "bytesused of plane %u is %u, and the plane has %u bytes",
				  plane, part->bytesused, part->length);
		return true;
	}
	if (part->data_offset && part->data_offset >= (part->bytesused ?: part->length)) {
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, VIPIN_REASON_DATA_OFFSET,
				  "data_offset %u of plane %u is not below bytesused",
				  part->data_offset, plane);
		return true;
	}
	return false;
}

static bool vipin_dma_buf_refused(struct vipin_verdict *verdict, const struct vipin_node *node,
				  const struct vb2_buffer *vb, unsigned int plane,
				  const struct vipin_part *part)
{
	struct dma_buf *dma_buf = dma_buf_get(part->pointer);
	size_t size;

	if (IS_ERR(dma_buf)) {
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, VIPIN_REASON_NOT_A_DMABUF,
				  "fd %d of plane %u is not a dma-buf", (int)part->pointer,
				  plane);
		return true;
	}
	size = dma_buf->size;
	dma_buf_put(dma_buf);

	if (part->length > size) {
		vipin_verdict_set(verdict, VIPIN_BY_ARGUMENT, VIPIN_REASON_DMABUF_TOO_SHORT,
				  "plane %u has %u bytes, and its dma-buf %zu", plane,
				  part->length, size);
		return true;
	}
	if (part->length)
		return vipin_length_refused(verdict, node, vb, plane, part->length,
					    VIPIN_REASON_TOO_SHORT);
	return vipin_length_refused(verdict, node, vb, plane, size,
				    VIPIN_REASON_DMABUF_TOO_SHORT);
}

static struct vipin_part vipin_begin_plane(struct vipin_verdict *verdict,
					   const struct v4l2_buffer *b, unsigned int plane)
{
	const struct vipin_part part = vipin_part(b, plane);

	verdict->vaddr = verdict->by_fd ? part.pointer : untagged_addr(part.pointer);
	verdict->size = part.length;
	return part;
}

/* Look for a plane whose arguments vb2 refuses: first at payloads, then at lengths. */
static bool vipin_argument_refused(struct vipin_verdict *verdict, const struct vipin_node *node,
				   const struct vb2_buffer *vb, const struct v4l2_buffer *b)
{
	struct vipin_part part;
	unsigned int i;

	for (i = 0; i < vb->num_planes; i++) {
		part = vipin_begin_plane(verdict, b, i);
		/* Of a dma-buf alone, vb2 looks at the length of the buffer before. */
		if (verdict->by_fd && !V4L2_TYPE_IS_MULTIPLANAR(b->type))
			part.length = vb->planes[0].length;
		if (vipin_payload_refused(verdict, b, i, &part))
			return true;
	}
	for (i = 0; i < vb->num_planes; i++) {
		part = vipin_begin_plane(verdict, b, i);
		if (verdict->by_fd ? vipin_dma_buf_refused(verdict, node, vb, i, &part) :
				     vipin_length_refused(verdict, node, vb, i, part.length,
							  VIPIN_REASON_TOO_SHORT))
			return true;
	}
	return false;
}

/**
 * vipin_refusal_record() - record why vb2 refused a buffer
 * @node:	the device
 * @vb:		the buffer
 * @b:		the same, as the program describes it; of several planes, all are there
 * @err:	the negative errno that the program gets
 */
void vipin_refusal_record(struct vipin_node *node, const struct vb2_buffer *vb,
			  const struct v4l2_buffer *b, int err)
{
	struct vipin_verdict verdict = {
		.by_fd = b->memory == V4L2_MEMORY_DMABUF,
		.write = !vipin_is_output(node),
		.policy = node->policy,
		.err = err,
	};

	/* vb2_fill_vb2_v4l2_buffer() takes no such buffer, whatever its memory is. */
	if (V4L2_TYPE_IS_OUTPUT(b->type) && b->field == V4L2_FIELD_ALTERNATE)
		return;

	if (!vipin_argument_refused(&verdict, node, vb, b)) {
		/* Fds and lengths are right, so vb2 did not take the memory. */
		if (verdict.by_fd && err == -EFAULT)
			vipin_verdict_set(&verdict, VIPIN_BY_CONTIGUITY,
					  VIPIN_REASON_DMABUF_NOT_CONTIGUOUS,
					  "the dma-buf is not one contiguous bus range");
		else
			vipin_verdict_set(&verdict, VIPIN_BY_UNKNOWN, VIPIN_REASON_UNKNOWN,
					  "videobuf2 refused the buffer; the reason is not known (errno %d)",
					  err);
	}
	vipin_verdict_record(node, &verdict);
}

VIPIN_IMPORT_DMA_BUF;
