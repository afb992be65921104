// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-core.c - /dev/vimap: open, mmap and ioctl
 *
 * The first mmap() of a kind allocates its memory. release() frees the memory. It
 * runs after the last VMA is gone, because each VMA holds the file. Pinned pages
 * may stay allocated even longer: see vimap_ram_release() and vimap_cma_release().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "vimap.h"
#include "vimap-compat.h"

static int vimap_open(struct inode *inode, struct file *file)
{
	struct vimap_file *vf;

	/* Access to a PCI BAR is raw I/O, so the mode of the device node is not enough. */
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;

	vf = kzalloc_obj(*vf);
	if (!vf)
		return -ENOMEM;

	mutex_init(&vf->lock);
	vf->file = file;
	file->private_data = vf;

	return 0;
}

static int vimap_release(struct inode *inode, struct file *file)
{
	struct vimap_file *vf = file->private_data;

	vimap_bar_release(vf);
	vimap_shmem_release(vf);
	vimap_cma_release(vf);
	vimap_vmalloc_release(vf);
	vimap_ram_release(vf);
	mutex_destroy(&vf->lock);
	kfree(vf);

	return 0;
}

static int vimap_mmap_kind(struct vimap_file *vf, enum vimap_kind kind,
			   struct vm_area_struct *vma)
{
	switch (kind) {
	case VIMAP_PFN_RAM:
	case VIMAP_PAGE_IO:
	case VIMAP_PAGE:
	case VIMAP_FOLIO_IO:
	case VIMAP_FOLIO:
		return vimap_ram_mmap(vf, kind, vma);
	case VIMAP_FAULT_PFN:
	case VIMAP_FAULT_MIXED:
	case VIMAP_FAULT_PAGE:
	case VIMAP_FAULT_CMA:
		return vimap_fault_mmap(vf, kind, vma);
	case VIMAP_PFN_PMD:
		return vimap_pmd_mmap(vf, vma);
	case VIMAP_VMALLOC:
		return vimap_vmalloc_mmap(vf, vma);
	case VIMAP_CMA:
	case VIMAP_CMA_PAGE_IO:
	case VIMAP_CMA_PAGE:
		return vimap_cma_mmap(vf, kind, vma);
	case VIMAP_SHMEM_IO:
	case VIMAP_SHMEM_CMA:
		return vimap_shmem_mmap(vf, kind, vma);
	case VIMAP_BAR:
		return vimap_bar_mmap(vf, vma);
	default:
		return -EINVAL;
	}
}

static int vimap_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long kind = vimap_kind(vma->vm_pgoff);
	struct vimap_file *vf = file->private_data;
	int ret;

	if (vimap_index(vma->vm_pgoff) || kind >= VIMAP_NR_KINDS)
		return -EINVAL;

	if (vma->vm_end - vma->vm_start > VIMAP_SIZE)
		return -EINVAL;

	/*
	 * Refuse private mappings: a write to one would replace a page of the kind by
	 * an anonymous copy. Check VM_MAYSHARE, because a shared mapping of a file
	 * opened read-only lacks VM_SHARED.
	 */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;

	/*
	 * Do not let mremap() make the VMA larger: the offsets after it do not belong
	 * to its kind.
	 */
	vm_flags_set(vma, VM_DONTEXPAND);
	vma->vm_private_data = (void *)(unsigned long)kind;

	mutex_lock(&vf->lock);
	ret = vimap_mmap_kind(vf, kind, vma);
	mutex_unlock(&vf->lock);

	return ret;
}

static long vimap_ioctl_cma_alloc_all(void __user *arg)
{
	struct vimap_cma area = {};
	int ret;

	ret = vimap_cma_alloc_all(&area);
	if (ret)
		return ret;

	return copy_to_user(arg, &area, sizeof(area)) ? -EFAULT : 0;
}

static long vimap_ioctl_pins(struct vimap_file *vf, void __user *arg)
{
	struct vimap_pins pins;
	int ret;

	if (copy_from_user(&pins, arg, sizeof(pins)))
		return -EFAULT;

	ret = vimap_pins(vf, &pins);
	if (ret)
		return ret;

	return copy_to_user(arg, &pins, sizeof(pins)) ? -EFAULT : 0;
}

static long vimap_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case VIMAP_IOC_CMA_TAKE:
		return vimap_ioctl_cma_alloc_all((void __user *)arg);
	case VIMAP_IOC_PINS:
		return vimap_ioctl_pins(file->private_data, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations vimap_fops = {
	.owner		= THIS_MODULE,
	.open		= vimap_open,
	.release	= vimap_release,
	.mmap		= vimap_mmap,
	/* VIMAP_PFN_PMD needs an aligned address; the other kinds accept one. */
	.get_unmapped_area = thp_get_unmapped_area,
	.unlocked_ioctl	= vimap_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice vimap_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= VIMAP_NAME,
	.fops	= &vimap_fops,
	.mode	= 0600,
};

static int __init vimap_init(void)
{
	int ret;

	ret = vimap_cma_init();
	if (ret)
		return ret;

	ret = vimap_bar_init();
	if (ret)
		goto err_cma;

	ret = misc_register(&vimap_misc);
	if (ret)
		goto err_bar;

	return 0;

err_bar:
	vimap_bar_exit();
err_cma:
	vimap_cma_exit();
	return ret;
}
module_init(vimap_init);

static void __exit vimap_exit(void)
{
	misc_deregister(&vimap_misc);
	vimap_bar_exit();
	vimap_cma_exit();
}
module_exit(vimap_exit);

MODULE_DESCRIPTION("Device-mapped memory for tests of user pointers");
MODULE_LICENSE("GPL");
MODULE_INFO(test, "Y");
