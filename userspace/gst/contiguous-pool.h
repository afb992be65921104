/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contiguous-pool.h - the element "contiguouspool"
 */
#ifndef CONTIGUOUS_POOL_H
#define CONTIGUOUS_POOL_H

#include <gst/base/gstbasetransform.h>

#define CONTIGUOUS_TYPE_POOL contiguous_pool_get_type()
G_DECLARE_FINAL_TYPE(ContiguousPool, contiguous_pool, CONTIGUOUS, POOL, GstBaseTransform)

#endif
