// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-cost.c - /dev/pin-cost: pin user pages and do nothing else, as a lower limit for the
 * time of a QBUF; and hold the mmap lock, to measure how that delays a pin
 *
 * The kernel has lib/test_hmm.c and mm/gup_test.c for similar purposes, but distributions
 * do not build them. An open file keeps its memory from one ioctl to the next. So a
 * program that measures the time of an ioctl measures only the system call, the pin and
 * the unpin.
 */

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "pin-cost-compat.h"
#include "pin-cost-uapi.h"

/**
 * struct pin_cost_file - the memory that an open file keeps for the next pin
 * @pages:	an array for the pinned pages
 * @nr:		size of the array
 */
struct pin_cost_file {
	/** @lock: allows one pin at a time */
	struct mutex lock;
	struct page **pages;
	unsigned long nr;
};

static int pin_cost_make_room(struct pin_cost_file *file, unsigned long nr)
{
	if (nr <= file->nr)
		return 0;
	kvfree(file->pages);
	file->pages = kvmalloc_array(nr, sizeof(*file->pages), GFP_KERNEL);
	file->nr = file->pages ? nr : 0;
	return file->pages ? 0 : -ENOMEM;
}

/* Check all VMAs before GUP-fast, as proposed in the mailing list thread about frame_vector. */
static int pin_cost_check_vmas(unsigned long addr, unsigned long end)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int err = 0;

	mmap_read_lock(mm);
	for (; addr < end && !err; addr = vma ? vma->vm_end : end) {
		vma = find_vma(mm, addr);
		if (!vma || vma->vm_start > addr || vma->vm_flags & (VM_IO | VM_PFNMAP))
			err = -EFAULT;
	}
	mmap_read_unlock(mm);
	return err;
}

static long pin_cost_pin(struct pin_cost_file *file, const struct pin_cost *what)
{
	const unsigned int gup_flags = FOLL_WRITE | FOLL_LONGTERM;
	unsigned long addr = what->addr;
	long ret;

	switch (what->way) {
	case PIN_COST_SLOW:
		mmap_read_lock(current->mm);
		ret = pin_cost_pin_slow(addr, what->nr_pages, gup_flags, file->pages);
		mmap_read_unlock(current->mm);
		break;
	case PIN_COST_CHECKED:
		ret = pin_cost_check_vmas(addr, addr + what->nr_pages * PAGE_SIZE);
		if (ret)
			return ret;
		fallthrough;
	case PIN_COST_FAST:
		ret = pin_user_pages_fast(addr, what->nr_pages, gup_flags, file->pages);
		break;
	default:
		return -EINVAL;
	}
	if (ret > 0)
		unpin_user_pages(file->pages, ret);
	if (ret >= 0)
		ret = ret == what->nr_pages ? 0 : -EFAULT;
	return ret;
}

static long pin_cost_ioctl_pin(struct pin_cost_file *file, void __user *arg)
{
	struct pin_cost what;
	long ret;

	if (copy_from_user(&what, arg, sizeof(what)))
		return -EFAULT;
	if (what.pad || !what.nr_pages || what.nr_pages > PIN_COST_MAX_PAGES)
		return -EINVAL;

	mutex_lock(&file->lock);
	ret = pin_cost_make_room(file, what.nr_pages);
	if (!ret)
		ret = pin_cost_pin(file, &what);
	mutex_unlock(&file->lock);
	return ret;
}

static int pin_cost_lock(struct mm_struct *mm, bool write)
{
	return write ? mmap_write_lock_killable(mm) : mmap_read_lock_killable(mm);
}

static void pin_cost_unlock(struct mm_struct *mm, bool write)
{
	if (write)
		mmap_write_unlock(mm);
	else
		mmap_read_unlock(mm);
}

static long pin_cost_ioctl_hold(void __user *arg)
{
	struct mm_struct *mm = current->mm;
	struct pin_cost_hold hold;
	u64 asked;

	if (copy_from_user(&hold, arg, sizeof(hold)))
		return -EFAULT;
	if (hold.hold_us > USEC_PER_SEC || hold.pause_us > USEC_PER_SEC)
		return -EINVAL;

	asked = ktime_get_ns();
	if (pin_cost_lock(mm, hold.write))
		return -EINTR;
	hold.waited_ns = min_t(u64, ktime_get_ns() - asked, U32_MAX);
	usleep_range(hold.hold_us, hold.hold_us + 1);
	pin_cost_unlock(mm, hold.write);
	usleep_range(hold.pause_us, hold.pause_us + 1);
	return copy_to_user(arg, &hold, sizeof(hold)) ? -EFAULT : 0;
}

static long pin_cost_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case PIN_COST_IOC_PIN:
		return pin_cost_ioctl_pin(f->private_data, (void __user *)arg);
	case PIN_COST_IOC_HOLD:
		return pin_cost_ioctl_hold((void __user *)arg);
	}
	return -ENOTTY;
}

static int pin_cost_open(struct inode *inode, struct file *f)
{
	struct pin_cost_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	mutex_init(&file->lock);
	f->private_data = file;
	return 0;
}

static int pin_cost_release(struct inode *inode, struct file *f)
{
	struct pin_cost_file *file = f->private_data;

	kvfree(file->pages);
	kfree(file);
	return 0;
}

static const struct file_operations pin_cost_fops = {
	.owner		= THIS_MODULE,
	.open		= pin_cost_open,
	.release	= pin_cost_release,
	.unlocked_ioctl	= pin_cost_ioctl,
};

static struct miscdevice pin_cost_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "pin-cost",
	.fops	= &pin_cost_fops,
	.mode	= 0600,
};
module_misc_device(pin_cost_misc);

MODULE_DESCRIPTION("Pins user pages, to measure how long that takes");
MODULE_LICENSE("GPL");
