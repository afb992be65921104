/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-compat.h - all differences between kernels from 5.10 on, with their commits
 *
 * No other file of vipin checks LINUX_VERSION_CODE. Most comments begin with the first
 * version that has the change.
 */
#ifndef _VIPIN_COMPAT_H
#define _VIPIN_COMPAT_H

#include <linux/dma-direct.h>
#include <linux/highmem.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/videodev2.h>

#include <media/media-device.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-fh.h>
#include <media/videobuf2-dma-contig.h>
#include <media/videobuf2-memops.h>
#include <media/videobuf2-v4l2.h>

/**
 * struct vipin_pointer - the arguments of vb2's memory operation get_userptr
 * @vb:		the buffer; NULL before 5.16
 * @dev:	the device to map for
 * @vaddr:	the pointer, as the program passed it
 * @size:	length in bytes
 * @direction:	direction of the DMA
 */
struct vipin_pointer {
	struct vb2_buffer *vb;
	struct device *dev;
	unsigned long vaddr;
	unsigned long size;
	enum dma_data_direction direction;
};

/*
 * 5.16: a4b83deb3e76 ("media: videobuf2: rework vb2_mem_ops API"): before, get_userptr
 * had the direction as an argument, but not the buffer.
 */
#define VIPIN_GET_USERPTR_HAS_BUFFER \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0))

/* Have vb2-dma-contig pin a user pointer, and map it to a bus address. */
static inline void *vipin_dc_get_userptr(const struct vipin_pointer *ptr)
{
#if VIPIN_GET_USERPTR_HAS_BUFFER
	return vb2_dma_contig_memops.get_userptr(ptr->vb, ptr->dev, ptr->vaddr, ptr->size);
#else
	return vb2_dma_contig_memops.get_userptr(ptr->dev, ptr->vaddr, ptr->size,
						 ptr->direction);
#endif
}

/* Get the bus address of a buffer of vb2-dma-contig. */
static inline dma_addr_t vipin_dc_dma_addr(struct vb2_buffer *vb, void *mem_priv)
{
#if VIPIN_GET_USERPTR_HAS_BUFFER
	dma_addr_t *addr = vb2_dma_contig_memops.cookie(vb, mem_priv);
#else
	dma_addr_t *addr = vb2_dma_contig_memops.cookie(mem_priv);
#endif
	return *addr;
}

/*
 * 5.16: bc7fc7f3cb4f ("media: videobuf2: move cache_hints handling to allocators"): before,
 * vb2's core looked at a buffer's hints, and did not call prepare or finish. The memory of an
 * MMAP buffer was always coherent.
 */
static inline bool vipin_skips_prepare(const struct vb2_buffer *vb)
{
#if VIPIN_GET_USERPTR_HAS_BUFFER
	return vb->skip_cache_sync_on_prepare;
#else
	return false;
#endif
}

static inline bool vipin_skips_finish(const struct vb2_buffer *vb)
{
#if VIPIN_GET_USERPTR_HAS_BUFFER
	return vb->skip_cache_sync_on_finish;
#else
	return false;
#endif
}

/*
 * 5.11: f3ba3c710ac5 ("mm/highmem: Provide kmap_local*")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(addr)	kunmap_atomic(addr)
#endif

/*
 * 5.11: 18b2db3b0385 ("mm: Convert page kmemcg type to a page memcg flag"): before, a charged
 * page had a page type, and vm_map_pages() refuses pages with a type. With CONFIG_DMA_REMAP
 * (arm64), iommu_dma_mmap() calls it, so mmap() of a charged buffer failed.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define VIPIN_GFP_ACCOUNT	0
#else
#define VIPIN_GFP_ACCOUNT	__GFP_ACCOUNT
#endif

/*
 * 5.14: 6d2426b2f258 ("kunit: Support skipped tests"): before, a
 * skipped test counts as passed, and the log has the reason.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
#define kunit_skip(test, why)						\
	do {								\
		struct kunit *skipped = test;				\
									\
		kunit_info(skipped, "SKIP %s", why);		\
		kunit_try_catch_throw(&skipped->try_catch);		\
	} while (0)
#define vipin_test_failed(test)	(!(test)->success)
#else
#define vipin_test_failed(test)	((test)->status == KUNIT_FAILURE)
#endif

/*
 * The flags with which the frame vector pins, get_vaddr_frames(). 5.12: "mm/frame-vector: Use
 * FOLL_LONGTERM" (merged by e913a8cdc297). 6.2: "mm/frame-vector: remove FOLL_FORCE
 * usage", and e2fc6edd37ba, which pins output buffers for reading.
 */
#define VIPIN_FRAME_VECTOR_PINS_LONG_TERM \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0))
#define VIPIN_FRAME_VECTOR_FORCES \
	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0))

static inline unsigned int vipin_gup_flags(bool write)
{
	return (VIPIN_FRAME_VECTOR_PINS_LONG_TERM ? FOLL_LONGTERM : 0) |
	       (VIPIN_FRAME_VECTOR_FORCES ? FOLL_WRITE | FOLL_FORCE :
		write ? FOLL_WRITE : 0);
}

/*
 * 6.1 has 00f6842ef41d ("media: v4l: Add packed YUV 4:4:4 YUVA and YUVX pixel formats"), and
 * 5a3757801e58 for v4l2-tpg. vipin does not offer a format that v4l2-tpg does not know.
 */
#ifndef V4L2_PIX_FMT_YUVA32
#define V4L2_PIX_FMT_YUVA32	v4l2_fourcc('Y', 'U', 'V', 'A')
#define V4L2_PIX_FMT_YUVX32	v4l2_fourcc('Y', 'U', 'V', 'X')
#endif

/*
 * 6.2: e2fc6edd37ba ("media: videobuf2: revert "get_userptr: buffers are always
 * writable""): before, a frame vector did not know the direction.
 */
static inline struct frame_vector *
vipin_create_framevec(unsigned long start, unsigned long length, bool write)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return vb2_create_framevec(start, length);
#else
	return vb2_create_framevec(start, length, write);
#endif
}

/*
 * 6.1: f347454d0341 ("mm/gup: disallow FOLL_FORCE|FOLL_WRITE on hugetlb mappings")
 */
#define VIPIN_GUP_FORCES_HUGETLB \
	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0))

/*
 * 6.5: a6e79df92e4a and 8ac268436e6d: a long-term pin for writing refuses files that
 * need dirty tracking.
 */
#define VIPIN_GUP_REFUSES_FILE_WRITES \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0))

/*
 * 5.18: 1027e4436b6a ("mm: fix invalid page pointer returned with FOLL_PIN gups"):
 * before, a pin skipped each page table entry that has no struct page, and left its
 * element of the array as it was.
 */
#define VIPIN_PIN_SKIPS_NO_STRUCT_PAGE \
	(LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0))

/*
 * Pin one page as the frame vector does. Before 5.12 that was not GUP-fast. Return what
 * the pin returns, or -EEXIST if it skipped the page.
 */
static inline int vipin_pin_page(unsigned long addr, unsigned int gup_flags,
				 struct page **page)
{
	int ret;

	*page = NULL;
	if (VIPIN_FRAME_VECTOR_PINS_LONG_TERM)
		ret = pin_user_pages_fast(addr, 1, gup_flags, page);
	else
		ret = pin_user_pages_unlocked(addr, 1, page, gup_flags);
	return ret == 1 && !*page ? -EEXIST : ret;
}

/*
 * 5.14: 1507f51255c9 ("mm: introduce memfd_secret system call to create "secret"
 * memory areas")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
#define SECRETMEM_MAGIC		0x5345434d
#endif

/*
 * 5.15: f4111e39a52a ("swiotlb: Add restricted DMA alloc/free support")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
static inline bool is_swiotlb_for_alloc(struct device *dev)
{
	return false;
}
#endif

/*
 * 5.16: 16b0314aa746 ("dma-buf: move dma-buf symbols into the DMA_BUF module
 * namespace"). 6.13: cdd30ebb1b9f ("module: Convert symbol namespace to string
 * literal").
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
#define VIPIN_IMPORT_DMA_BUF	static_assert(true)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define VIPIN_IMPORT_DMA_BUF	MODULE_IMPORT_NS(DMA_BUF)
#else
#define VIPIN_IMPORT_DMA_BUF	MODULE_IMPORT_NS("DMA_BUF")
#endif

/*
 * 5.18: 9a630a4b41a2 ("iommu: Split struct iommu_ops")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
#define iommu_domain_ops	iommu_ops
#endif

/*
 * Some IOMMU drivers have no iova_to_phys(), and not every version of
 * iommu_iova_to_phys() checks for that. Return 0 then.
 */
static inline phys_addr_t vipin_iommu_iova_to_phys(struct iommu_domain *domain,
						   dma_addr_t iova)
{
#ifdef CONFIG_IOMMU_API
	return domain->ops->iova_to_phys ? iommu_iova_to_phys(domain, iova) : 0;
#else
	return 0;
#endif
}

/*
 * 6.0: d9272525a7b9 ("mm: avoid unnecessary page fault retires on shared memory
 * types")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
#define VIPIN_FAULT_COMPLETED	0
#else
#define VIPIN_FAULT_COMPLETED	VM_FAULT_COMPLETED
#endif

/*
 * 7.2: 3e2c1e213ac2 ("driver core: Replace dev->dma_coherent with dev_dma_coherent()"): before,
 * the field exists only where a device can be non-coherent.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
static inline void dev_set_dma_coherent(struct device *dev)
{
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	dev->dma_coherent = true;
#endif
}
#endif

/*
 * 6.0: 3d6e44623841 ("kunit: unify module and builtin suite definitions"):
 * before, the macro for a module's tests defined the module's init function, so a module
 * with an init function of its own could not use it.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0) && defined(MODULE)
#define VIPIN_TEST_SUITES(suites...) \
	static struct kunit_suite *vipin_test_suites[] = { suites, NULL }
#define VIPIN_TEST_SUITES_INIT	__kunit_test_suites_init(vipin_test_suites)
#define VIPIN_TEST_SUITES_EXIT	__kunit_test_suites_exit(vipin_test_suites)
#else
#define VIPIN_TEST_SUITES(suites...)	kunit_test_suites(suites)
#define VIPIN_TEST_SUITES_INIT	0
#define VIPIN_TEST_SUITES_EXIT
#endif

/*
 * 6.7: 05e2006ce493 ("kunit: Use string_stream for test log"): before, the
 * log of a case was too short for the results of many parameters. Before 5.11, there were
 * no parameters: fadb08e7c750 ("kunit: Support for Parameterized Testing"). There one case
 * loops over the rows, and ends at the first one that fails.
 *
 * NAME_row(test, row) tests one struct ROW of the array ROWs. The member "name" of the
 * row is shown in the result.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define VIPIN_PARAM_TEST(test_name, row)				\
	static void test_name(struct kunit *test)			\
	{								\
		unsigned int i = 0;					\
									\
		while (i < ARRAY_SIZE(row##s) && !vipin_test_failed(test)) \
			test_name##_row(test, &row##s[i++]);		\
		if (vipin_test_failed(test))				\
			kunit_info(test, "in the row: %s", row##s[i - 1].name); \
	}								\
	static_assert(true)
#define VIPIN_PARAM_CASE(test_name)	KUNIT_CASE(test_name)
#else
#define VIPIN_PARAM_TEST(test_name, row)				\
	static void test_name##_desc(typeof(row##s + 0) one, char *desc) \
	{								\
		strscpy(desc, one->name, KUNIT_PARAM_DESC_SIZE);	\
	}								\
	KUNIT_ARRAY_PARAM(test_name##_row, row##s, test_name##_desc);	\
	static void test_name(struct kunit *test)			\
	{								\
		test_name##_row(test, test->param_value);		\
	}								\
	static_assert(true)
#define VIPIN_PARAM_CASE(test_name) \
	KUNIT_CASE_PARAM(test_name, test_name##_row_gen_params)
#endif

/*
 * 6.8: 4ad4c1f394b8 ("dma-mapping: don't store redundant offsets")
 */
static inline struct bus_dma_region vipin_bus_dma_region(phys_addr_t cpu,
							 dma_addr_t bus, u64 size)
{
	return (struct bus_dma_region){
		.cpu_start = cpu,
		.dma_start = bus,
		.size = size,
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
		.offset = cpu - bus,
#endif
	};
}

/*
 * 6.8: 80c2b40a5139 ("media: videobuf2: core: Rename min_buffers_needed field
 * in vb2_queue")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define min_queued_buffers	min_buffers_needed
#endif

/* 6.8: vb2_queue has max_num_buffers. Before, a queue has at most VIDEO_MAX_FRAME buffers. */
static inline void vipin_set_max_buffers(struct vb2_queue *q, unsigned int count)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	q->max_num_buffers = count;
#endif
}

/*
 * 6.10: 2c92ca849fcc ("tracing/treewide: Remove second parameter of
 * __assign_str()")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define vipin_assign_str(dst, src)	__assign_str(dst, src)
#else
#define vipin_assign_str(dst, src)	__assign_str(dst)
#endif

/*
 * 6.10: a3293a85381e ("media: v4l2: Add REMOVE_BUFS ioctl"). After it has removed
 * the last buffer, vb2_is_busy() is still true.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
struct v4l2_remove_buffers;
#define vb2_ioctl_remove_bufs(file, fh, remove)	(-ENOTTY)
#define VIPIN_REMOVE_BUFS(function)
#define vipin_has_buffers(queue)	vb2_is_busy(queue)
#else
#define VIPIN_REMOVE_BUFS(function)	.vidioc_remove_bufs = function,
#define vipin_has_buffers(queue)	(vb2_get_num_buffers(queue) > 0)
#endif

/*
 * Linux 6.12 adds the controls to a completed request that has none. Linux 5.10 tries that,
 * too, but media_request_object_bind() warns there, because the request is queued. So leave
 * such a request without controls.
 */
static inline void vipin_ctrl_request_complete(struct media_request *req,
					       struct v4l2_ctrl_handler *hdl)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	struct v4l2_ctrl_handler *controls = req ? v4l2_ctrl_request_hdl_find(req, hdl) : NULL;

	if (!controls)
		return;
	v4l2_ctrl_request_hdl_put(controls);
#endif
	v4l2_ctrl_request_complete(req, hdl);
}

/*
 * 6.17: "mm/page_isolation: make page isolation a standalone bit": renamed the mask of
 * the migratetype in a pageblock's bits.
 */
#ifdef MIGRATETYPE_MASK
#define VIPIN_MIGRATETYPE_MASK	MIGRATETYPE_MASK
#else
#define VIPIN_MIGRATETYPE_MASK	PAGEBLOCK_MIGRATETYPE_MASK
#endif

/*
 * 6.18: 47f4b1acb4d5 and 277966749f46: v4l2_fh_add() and v4l2_fh_del() set the private_data of
 * the file.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline void vipin_fh_add(struct v4l2_fh *fh, struct file *file)
{
	file->private_data = fh;
	v4l2_fh_add(fh);
}

#define vipin_fh_del(fh, file)	v4l2_fh_del(fh)
#else
#define vipin_fh_add(fh, file)	v4l2_fh_add(fh, file)
#define vipin_fh_del(fh, file)	v4l2_fh_del(fh, file)
#endif

/*
 * 7.0: 2932ba8d9c99 ("slab: Introduce kmalloc_obj() and family")
 */
#ifndef kzalloc_obj
#define kzalloc_obj(object)	kzalloc(sizeof(object), GFP_KERNEL)
#endif
#ifndef kvmalloc_objs
#define kvmalloc_objs(object, nr)	kvmalloc_array(nr, sizeof(object), GFP_KERNEL)
#endif

/*
 * 7.0 has de9f0c2a1ce3 ("media: mc: add debugfs node to keep track of requests"):
 * media_request_release() counts in the media device after req_free.
 */
static inline bool vipin_has_requests(struct media_device *mdev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return atomic_read(&mdev->num_requests);
#else
	return false;
#endif
}

/*
 * 7.0: b70886ff5833 ("media: vb2: drop wait_prepare/finish callbacks"): vb2
 * drops the queue's lock by itself while it waits.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define VIPIN_WAIT_OPS \
	.wait_prepare = vb2_ops_wait_prepare, .wait_finish = vb2_ops_wait_finish,
#else
#define VIPIN_WAIT_OPS
#endif

#endif /* _VIPIN_COMPAT_H */
