// SPDX-License-Identifier: GPL-2.0-only
/*
 * png.c - write a captured frame as an image
 */
#include <errno.h>
#include <png.h>
#include <stdio.h>

#include "frame.h"

/**
 * frame_write_png() - write the frame as a PNG
 * @d:		the device that captured it
 * @m:		the memory that it is in
 * @path:	path of the file
 *
 * png_image_write_to_file() would remove a file that it cannot write, even a device node.
 *
 * Return: 0, or a negative errno: EINVAL if the frame is not RGB24, else why the file
 * could not be written.
 */
int frame_write_png(const struct device *d, const struct memory *m,
		    const char *path)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = d->pix.width,
		.height = d->pix.height,
		.format = PNG_FORMAT_RGB,
		.flags = PNG_IMAGE_FLAG_FAST,
	};
	int written, error;
	FILE *file;

	if (d->pix.pixelformat != V4L2_PIX_FMT_RGB24)
		return -EINVAL;
	file = fopen(path, "we");
	if (!file)
		return -errno;

	errno = 0;
	memory_begin_access(m);
	written = png_image_write_to_stdio(&image, file, 0, m->frame,
					   d->pix.bytesperline, NULL);
	memory_end_access(m);
	error = written ? 0 : errno ? -errno : -EIO;
	if (fclose(file) && !error)
		error = -errno;
	return error;
}
