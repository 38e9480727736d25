//! What of a recipe can be changed so that a check passes: one click each.

use crate::domain::{CheckId, Duplicates, JoinRule, Recipe};

/// A change of the recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// What is done, as on a button.
    pub words: &'static str,
    /// What comes of it, as a sentence.
    pub effect: &'static str,
    /// The recipe then.
    pub recipe: Recipe,
}

/// What may repair a failing check under a recipe, the best first; nothing where the recipe cannot help. That a repair
/// works is found out by trying: the checks are computed anew.
pub fn repairs(check: CheckId, recipe: &Recipe) -> Vec<Repair> {
    let joined = |join, words, effect| Repair { words, effect, recipe: Recipe { join, ..recipe.clone() } };
    let by_owner = || {
        joined(
            JoinRule::Owner,
            "Join on time stamp and owner",
            "A distance is paired only with motions of the customer whose record carries the device's serial number.",
        )
    };
    let by_inferred = || {
        joined(
            JoinRule::InferredOwner,
            "Join on time stamp and inferred owner",
            "A distance is paired only with motions of the customer whose phone shares the device's instants, whatever \
             the records say.",
        )
    };
    let distinct = || Repair {
        words: "Drop duplicates",
        effect: "Of rows that are equal in every column the first is kept.",
        recipe: Recipe { duplicates: Duplicates::Drop, ..recipe.clone() },
    };
    let dated = || Repair {
        words: "Only readings after consent",
        effect: "A reading is kept only if it was taken at or after its customer's consent.",
        recipe: Recipe { consent_date: true, ..recipe.clone() },
    };
    let all = match check {
        CheckId::ForeignPairs => vec![by_owner(), by_inferred()],
        CheckId::UnknownOwnerPairs
        | CheckId::ConsentOfSharedDevices
        | CheckId::SerialNumbersUnique
        | CheckId::SerialNumbersPresent
        | CheckId::DistancesWithoutCustomer => vec![by_inferred()],
        CheckId::FanOut => vec![by_owner(), distinct()],
        CheckId::DuplicateCustomers
        | CheckId::DuplicateMotions
        | CheckId::DuplicateDistances
        | CheckId::FilesTwice
        | CheckId::TablesDoubled => vec![distinct()],
        CheckId::ConsentBeforeReading => vec![dated()],
        _ => vec![],
    };
    all.into_iter().filter(|repair| repair.recipe != *recipe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repair_changes_the_recipe_and_is_not_offered_twice() {
        for check in CheckId::ALL {
            for repair in repairs(check, &Recipe::default()) {
                assert_ne!(repair.recipe, Recipe::default());
                assert!(repairs(check, &repair.recipe).iter().all(|next| next.recipe != repair.recipe));
            }
        }
        let first = repairs(CheckId::ForeignPairs, &Recipe::default()).remove(0);
        assert_eq!(first.recipe.join, JoinRule::Owner);
    }
}
