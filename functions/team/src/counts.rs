//! The tenant's own counts: members, owners, seats. They change in the transactions that change what they count.

use endpoint::prelude::*;
use tenant_context::items::MemberStatus;

/// By how much the counts change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Active members.
    pub members: i64,
    /// Owners among them.
    pub owners: i64,
    /// Pending invitations.
    pub invited: i64,
}

impl Counts {
    /// What it changes when somebody's role or status does.
    pub fn between(before: (RoleRef, MemberStatus), after: (RoleRef, MemberStatus)) -> Self {
        let active = |(_, status)| i64::from(status == MemberStatus::Active);
        let owner = |(role, status)| {
            i64::from(status == MemberStatus::Active && role == RoleRef::Fixed(Role::Owner))
        };
        Self {
            members: active(after) - active(before),
            owners: owner(after) - owner(before),
            invited: 0,
        }
    }

    /// An invitation is made, or one has ended without a member.
    pub fn invited(invited: i64) -> Self {
        Self {
            invited,
            ..Self::default()
        }
    }

    /// The change of the tenant's item with the conditions that hold it within bounds, and what a refusal means: that all
    /// seats are taken, or that it was the last owner. Nothing where nothing changes.
    pub fn update(self) -> Option<(Update, Kind)> {
        let seats = self.members + self.invited;
        let counts = [
            ("members", self.members),
            ("owners", self.owners),
            ("seats_taken", seats),
        ];
        let changed: Vec<_> = counts.into_iter().filter(|(_, by)| *by != 0).collect();
        if changed.is_empty() {
            return None;
        }
        let mut update = Update::new().when(Condition::Exists);
        for (name, by) in changed {
            update = update.add(name, by);
        }
        if self.owners < 0 {
            // Of two owners who go at once, the second finds one owner: themselves.
            let update = update.when(Condition::greater_than("owners", 1));
            return Some((update, Kind::LastOwner));
        }
        if seats > 0 {
            let update = update.when(Condition::LessThanAttribute("seats_taken", "seats"));
            return Some((update, Kind::SeatLimit));
        }
        Some((update, Kind::Conflict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MemberStatus::{Active, Deactivated, Removed};

    #[test]
    fn who_is_active_is_counted_and_owners_among_them() {
        let (owner, viewer) = (RoleRef::Fixed(Role::Owner), RoleRef::Fixed(Role::Viewer));
        let between = |before, after| {
            let counts = Counts::between(before, after);
            (counts.members, counts.owners)
        };
        assert_eq!(between((owner, Active), (viewer, Active)), (0, -1));
        assert_eq!(between((owner, Active), (owner, Deactivated)), (-1, -1));
        assert_eq!(between((viewer, Active), (viewer, Removed)), (-1, 0));
        // An owner who may not work at present counts as none, so nobody's last owner is one.
        assert_eq!(between((owner, Deactivated), (viewer, Deactivated)), (0, 0));
        assert_eq!(between((viewer, Deactivated), (owner, Active)), (1, 1));
    }

    #[test]
    fn what_a_refusal_means() {
        let means = |counts: Counts| counts.update().map(|(_, kind)| kind);
        let counts = Counts::default();
        assert_eq!(means(counts), None);
        assert_eq!(
            means(Counts {
                owners: -1,
                ..counts
            }),
            Some(Kind::LastOwner)
        );
        assert_eq!(means(Counts::invited(1)), Some(Kind::SeatLimit));
        assert_eq!(means(Counts::invited(-1)), Some(Kind::Conflict));
        assert_eq!(
            means(Counts {
                members: 1,
                owners: 1,
                ..counts
            }),
            Some(Kind::SeatLimit)
        );
    }
}
