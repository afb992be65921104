// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-refusal.c - find out why vb2 refused a buffer without calling vipin
 *
 * vb2 checks lengths before it calls get_userptr, and it handles dma-bufs by itself. The
 * program only gets an errno. So repeat the checks of vb2 here, to record a verdict with
 * the reason.
 */

#include <linux/dma-buf.h>
#include <linux/module.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_part - one plane of a buffer, from the program
 * @pointer:	the user pointer, or the fd of the dma-buf
 * @length:	length of the plane in bytes
 * @bytesused:	output: used bytes of the plane; 0 for all
 * @data_offset: output: offset of the frame in the plane in bytes
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

/* Check the length of a plane, as __prepare_userptr() and __prepare_dmabuf() do. */
static bool vipin_length_refused(struct vipin_verdict *verdict, const struct vb2_buffer *vb,
				 unsigned int plane, u32 length, enum vipin_reason too_short)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	u32 needed = vb->planes[plane].min_length;

	if (length >= needed)
		return false;
	vipin_plane_sizes(vipin_pix(vb->vb2_queue), sizes);
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

/* Check the payload of an output buffer, as __verify_length() does. */
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

static bool vipin_dma_buf_refused(struct vipin_verdict *verdict, const struct vb2_buffer *vb,
				  unsigned int plane, const struct vipin_part *part)
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
		return vipin_length_refused(verdict, vb, plane, part->length,
					    VIPIN_REASON_TOO_SHORT);
	return vipin_length_refused(verdict, vb, plane, size, VIPIN_REASON_DMABUF_TOO_SHORT);
}

static struct vipin_part vipin_begin_plane(struct vipin_verdict *verdict,
					   const struct v4l2_buffer *b, unsigned int plane)
{
	const struct vipin_part part = vipin_part(b, plane);

	verdict->vaddr = verdict->by_fd ? part.pointer : untagged_addr(part.pointer);
	verdict->size = part.length;
	return part;
}

/* Find a plane whose payload vb2 refuses. */
static bool vipin_payloads_refused(struct vipin_verdict *verdict, const struct vb2_buffer *vb,
				   const struct v4l2_buffer *b)
{
	struct vipin_part part;
	unsigned int i;

	for (i = 0; i < vb->num_planes; i++) {
		part = vipin_begin_plane(verdict, b, i);
		/* For a single-planar dma-buf, vb2 compares with the previous length. */
		if (verdict->by_fd && !V4L2_TYPE_IS_MULTIPLANAR(b->type))
			part.length = vb->planes[0].length;
		if (vipin_payload_refused(verdict, b, i, &part))
			return true;
	}
	return false;
}

/* Find a plane whose memory vb2 refuses by its length, or by its fd. */
static bool vipin_lengths_refused(struct vipin_verdict *verdict, const struct vb2_buffer *vb,
				  const struct v4l2_buffer *b)
{
	struct vipin_part part;
	unsigned int i;

	for (i = 0; i < vb->num_planes; i++) {
		part = vipin_begin_plane(verdict, b, i);
		if (verdict->by_fd ? vipin_dma_buf_refused(verdict, vb, i, &part) :
				     vipin_length_refused(verdict, vb, i, part.length,
							  VIPIN_REASON_TOO_SHORT))
			return true;
	}
	return false;
}

/**
 * vipin_refusal_record() - record a verdict on a buffer that vb2 refused
 * @node:	the node
 * @vb:		the buffer
 * @b:		the same buffer, from the program; it describes all planes. With
 *		%V4L2_BUF_FLAG_REQUEST_FD, it was to be put into a request
 * @err:	the negative errno that the program gets
 */
void vipin_refusal_record(struct vipin_node *node, const struct vb2_buffer *vb,
			  const struct v4l2_buffer *b, int err)
{
	struct vipin_verdict verdict = {
		.by_fd = b->memory == V4L2_MEMORY_DMABUF,
		.write = !V4L2_TYPE_IS_OUTPUT(b->type),
		.policy = node->policy,
		.err = err,
	};
	bool refused;

	/* vb2_fill_vb2_v4l2_buffer() refuses such a buffer before it looks at memory. */
	if (V4L2_TYPE_IS_OUTPUT(b->type) && b->field == V4L2_FIELD_ALTERNATE)
		return;

	/* As vb2 does, check all payloads first. It looks at memory when a request is queued. */
	refused = vipin_payloads_refused(&verdict, vb, b);
	if (!refused && b->flags & V4L2_BUF_FLAG_REQUEST_FD)
		return;
	if (!refused && !vipin_lengths_refused(&verdict, vb, b)) {
		/* The arguments are right, so vb2 refused the memory. */
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
