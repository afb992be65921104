// SPDX-License-Identifier: GPL-2.0-only
// Make vipin and vimap the drivers of the newest kernel with the patches of tests/vm/patches.
//
// There the frame vector checks VMAs, and GUP refuses a driver's page that it cannot migrate. So
// policy strict has no check of its own: vipin-userptr.c only watches whether the mapping changes,
// and vipin-movable.c is not needed. Code that serves older kernels is removed.

// vipin-userptr.c: begin, pin, end.
@@
@@
- static int vipin_check(...) { ... }

@@
@@
- static void *vipin_pin(...) { ... }

@@
identifier err;
expression verdict;
@@
- err = vipin_check(verdict);
- if (err)
-	return ERR_PTR(err);

@@
expression ptr, verdict;
@@
- vipin_pin(ptr, verdict)
+ vipin_dc_get_userptr(ptr)

// vb2-dma-contig takes any alignment for a coherent device.
@@
typedef bool;
@@
- static bool vipin_dc_always_aligns(...) { ... }

@@
expression dev, ptr;
@@
- !dev_is_dma_coherent(dev) || vipin_dc_always_aligns(ptr)
+ !dev_is_dma_coherent(dev)

// The frame vector pins with FOLL_LONGTERM and without FOLL_FORCE, and for writing only if the
// device writes. So its flags follow from the direction, and no pin is for writing without need.
@@
@@
- static enum vipin_reason vipin_gup_refusal(...) { ... }

@@
expression vma, write;
@@
- vipin_gup_refusal(vma, write)
+ vipin_vma_refusal(vma->vm_flags, write)

@@
expression write, addr, one;
identifier flags;
@@
- unsigned int flags = vipin_gup_flags(write);
  ...
- if (!(flags & FOLL_LONGTERM) || get_user_pages_fast(addr, 1, flags & ~FOLL_LONGTERM, one) != 1)
+ if (get_user_pages_fast(addr, 1, write ? FOLL_WRITE : 0, one) != 1)
	return VIPIN_REASON_UNKNOWN;

@@
struct vipin_page *page;
@@
- page->gup_flags & FOLL_WRITE
+ page->write

@@
identifier page;
expression E;
@@
 struct vipin_page page = {
-	.gup_flags = E,
 };

@@
struct vipin_page *page;
expression E;
@@
- page->for_writing = E;

@@
identifier verdict;
expression E;
@@
- verdict->pinned_for_writing = E;

@@
identifier for_writing;
expression E;
@@
  vipin_vma_refuse(...)
  {
- bool for_writing = E;
  ...
  }

@@
expression verdict, E;
@@
- if (verdict->pinned_for_writing)
-	scnprintf(E, ...);

@@
@@
 struct vipin_verdict {
 ...
- bool look;
 ...
- bool pinned_for_writing;
 ...
 };

@@
expression E;
@@
- vipin_gup_flags(E)
+ FOLL_LONGTERM | (E ? FOLL_WRITE : 0)

@@
expression A, F, P;
@@
- vipin_pin_page(A, F, P)
+ pin_user_pages_fast(A, 1, F, P)

@@
expression E, F;
@@
- vipin_ctrl_request_complete(E, F)
+ v4l2_ctrl_request_complete(E, F)

@@
expression E;
@@
- vipin_has_requests(E)
+ atomic_read(&E->num_requests)

@@
expression A, L, W;
@@
- vipin_create_framevec(A, L, W)
+ vb2_create_framevec(A, L, W)

// Before 6.5, GUP did not refuse files that track writes. The frame vector checks VMAs again.
@@
expression A, B;
@@
(
- !VIPIN_GUP_REFUSES_FILE_WRITES || A || B
+ A || B
|
- !VIPIN_FRAME_VECTOR_PINS_LONG_TERM && A
+ A
)

// vipin-movable.c: GUP has just refused the page, so only its kind is left to find out.
@@
expression page;
@@
- vipin_page_is_stuck(page)
+ !page_folio(page)->mapping

@@
expression page, E;
@@
- if (vipin_page_has_to_move(page))
	reason = E;

@@
expression E, vma;
@@
- E |= vipin_vma_may_have_drivers_pages(vma);

// Newer interfaces.
@@
expression vb;
@@
- vipin_skips_prepare(vb)
+ vb->skip_cache_sync_on_prepare

@@
expression vb;
@@
- vipin_skips_finish(vb)
+ vb->skip_cache_sync_on_finish

@@
typedef dma_addr_t;
expression vb, mem_priv;
@@
- vipin_dc_dma_addr(vb, mem_priv)
+ *(dma_addr_t *)vb2_dma_contig_memops.cookie(vb, mem_priv)

@@
@@
- VIPIN_GFP_ACCOUNT
+ __GFP_ACCOUNT

@@
expression q;
statement S;
@@
- if (vipin_has_buffers(q)) S
+ if (vb2_get_num_buffers(q)) S

@@
expression fh, file;
@@
- vipin_fh_add(fh, file)
+ v4l2_fh_add(fh, file)

@@
expression fh, file;
@@
- vipin_fh_del(fh, file)
+ v4l2_fh_del(fh, file)

@@
expression q, count;
@@
- vipin_set_max_buffers(q, count);
+ q->max_num_buffers = count;

@@
expression q;
@@
- vipin_has_buffers(q)
+ !!vb2_get_num_buffers(q)

@@
@@
- if (IS_ENABLED(CONFIG_VIDEO_VIPIN_KUNIT_TEST)) vipin_test_init();

@@
@@
- if (IS_ENABLED(CONFIG_VIDEO_VIPIN_KUNIT_TEST)) vipin_test_exit();

@@
@@
- if (!VIMAP_CMA_EXPORTED) return ...;

@@
@@
- vimap_kernel_has_cma()
+ dev_get_cma_area(NULL)

@@
expression E;
@@
- vimap_pfn(E)
+ E

@@
expression E;
@@
- vimap_page_pinned(E)
+ folio_maybe_dma_pinned(page_folio(E))

@@
expression N, S;
@@
- vimap_shmem_file(N, S)
+ shmem_file_setup(N, S, EMPTY_VMA_FLAGS)
