//! What of a recipe can be changed so that a check passes: one click each.

use crate::domain::{CheckGroup, CheckId, CheckVerdict, Duplicates, JoinRule, Recipe};

use super::checks::Check;

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

/// What to do about a check that does not pass, as a sentence.
pub fn advice(check: &Check, recipe: &Recipe) -> &'static str {
    match (check.verdict, repairs(check.id, check.verdict, recipe).is_empty()) {
        (CheckVerdict::Uncomputed, true) => "Find out why there is nothing to look at.",
        (CheckVerdict::Uncomputed, false) => {
            "Find out why there is nothing to look at. If the records do not know the devices, go by what the readings \
             say: --join inferred-owner, or \u{201c}Join on\u{201d} in the window."
        }
        _ => check.id.about().todo,
    }
}

/// What may repair a check that does not pass under a recipe, the best first; nothing where the recipe cannot help. That a
/// repair works is found out by trying: the checks are computed anew.
pub fn repairs(check: CheckId, verdict: CheckVerdict, recipe: &Recipe) -> Vec<Repair> {
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
        words: "Only motions after consent",
        effect: "A motion is kept only if it was taken at or after its customer's consent, and so is each row to learn from.",
        recipe: Recipe { consent_date: true, ..recipe.clone() },
    };
    // Where no record knows the devices there are no trusted distances, and nothing to check.
    let is_of_devices = matches!(check.group(), CheckGroup::Joins | CheckGroup::Consent)
        || matches!(check, CheckId::DistancesBeforeRegistration | CheckId::StreamsApart);
    let all = match check {
        _ if verdict == CheckVerdict::Uncomputed => {
            if is_of_devices {
                vec![by_inferred()]
            } else {
                vec![]
            }
        }
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
            for verdict in [CheckVerdict::Fail, CheckVerdict::Uncomputed] {
                for repair in repairs(check, verdict, &Recipe::default()) {
                    assert_ne!(repair.recipe, Recipe::default());
                    let next = repairs(check, verdict, &repair.recipe);
                    assert!(next.iter().all(|next| next.recipe != repair.recipe));
                }
            }
        }
        let first = |verdict| repairs(CheckId::ForeignPairs, verdict, &Recipe::default()).remove(0).recipe.join;
        assert_eq!(first(CheckVerdict::Fail), JoinRule::Owner);
        assert_eq!(first(CheckVerdict::Uncomputed), JoinRule::InferredOwner);
    }
}
