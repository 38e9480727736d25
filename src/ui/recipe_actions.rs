//! The choices of the recipe as actions, so that each can be asked for by its name and have a key.

use crate::domain::{Duplicates, JoinRule, Purpose, Recipe};
use crate::state::{Command, State};

use super::actions::{Action, Does};

/// Those of the recipe, as they are listed.
pub const ACTIONS: &[Action] = &[
    Action {
        id: "purpose-research",
        name: "Consent for research",
        usual: &[],
        does: |state| purpose(state, Purpose::Research),
    },
    Action {
        id: "purpose-public",
        name: "Consent for public",
        usual: &[],
        does: |state| purpose(state, Purpose::Public),
    },
    Action {
        id: "purpose-friends",
        name: "Consent for friends",
        usual: &[],
        does: |state| purpose(state, Purpose::Friends),
    },
    Action {
        id: "consent-date",
        name: "Only motions after consent, or all",
        usual: &[],
        does: |state| recipe(state, |recipe| recipe.consent_date = !recipe.consent_date),
    },
    Action {
        id: "duplicates",
        name: "Drop duplicates, or keep them",
        usual: &[],
        does: |state| {
            recipe(state, |recipe| {
                recipe.duplicates = match recipe.duplicates {
                    Duplicates::Drop => Duplicates::Keep,
                    Duplicates::Keep => Duplicates::Drop,
                };
            })
        },
    },
    Action {
        id: "join-timestamp",
        name: "Join on time stamp",
        usual: &[],
        does: |state| join(state, JoinRule::Timestamp),
    },
    Action {
        id: "join-owner",
        name: "Join on time stamp and owner",
        usual: &[],
        does: |state| join(state, JoinRule::Owner),
    },
    Action {
        id: "join-inferred-owner",
        name: "Join on inferred owner",
        usual: &[],
        does: |state| join(state, JoinRule::InferredOwner),
    },
    Action { id: "join-nearest", name: "Join on nearest", usual: &[], does: |state| join(state, JoinRule::Nearest) },
];

fn recipe(state: &State, change: impl FnOnce(&mut Recipe)) -> Does {
    let mut recipe = state.choices().recipe.clone();
    change(&mut recipe);
    if recipe == state.choices().recipe {
        return Does::Nothing("The recipe says so");
    }
    Does::Asks(Command::SetRecipe(recipe))
}

fn purpose(state: &State, purpose: Purpose) -> Does {
    recipe(state, |recipe| recipe.purpose = purpose)
}

fn join(state: &State, join: JoinRule) -> Does {
    recipe(state, |recipe| *recipe = recipe.joined(join))
}
