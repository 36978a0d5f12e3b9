/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_state
 * names: inode_state_read inode_state_read_once inode_state_set
 *	inode_state_clear
 * header: linux/fs.h
 * upstream: v6.19 accessors for i_state
 * unless: inode_state_read inode_state_read_once
 * needs: READ_ONCE WRITE_ONCE i_lock i_state lockdep_assert_held
 */
static inline unsigned long inode_state_read_once(struct inode *inode)
{
	return READ_ONCE(inode->i_state);
}

static inline unsigned long inode_state_read(struct inode *inode)
{
	lockdep_assert_held(&inode->i_lock);
	return inode->i_state;
}

static inline void inode_state_set(struct inode *inode, unsigned long flags)
{
	lockdep_assert_held(&inode->i_lock);
	WRITE_ONCE(inode->i_state, inode->i_state | flags);
}

static inline void inode_state_clear(struct inode *inode, unsigned long flags)
{
	lockdep_assert_held(&inode->i_lock);
	WRITE_ONCE(inode->i_state, inode->i_state & ~flags);
}
