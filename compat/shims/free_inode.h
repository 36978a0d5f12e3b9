/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: free_inode
 * names: kcompat_free_inode
 * header: linux/fs.h
 * upstream: v5.2 ->free_inode() is called after a grace period
 * unless: free_inode_member
 * needs: call_rcu i_private i_rcu rcu_head
 *
 * note: Who still looks at the inode then does not look at i_private.
 */
static inline void kcompat_free_inode_rcu(struct rcu_head *head)
{
	struct inode *inode = container_of(head, struct inode, i_rcu);
	void (*release)(struct inode *inode) = inode->i_private;

	release(inode);
}

static inline void kcompat_free_inode(struct inode *inode,
				      void (*release)(struct inode *inode))
{
	inode->i_private = release;
	call_rcu(&inode->i_rcu, kcompat_free_inode_rcu);
}
