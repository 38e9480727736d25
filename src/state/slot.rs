//! A value that is worked out elsewhere. Empty, loading, ready and failed are four different things on the screen.

/// A value, or what became of the attempt to get it.
#[derive(Clone, Debug, Default)]
pub enum Slot<T> {
    /// Nobody asked for it yet.
    #[default]
    Empty,
    /// It is being worked out; what was there before is still shown.
    Loading(Option<T>),
    /// Here it is.
    Ready(T),
    /// It could not be had; what was there before is still shown, beside the error.
    Failed { previous: Option<T>, error: String },
}

impl<T> Slot<T> {
    /// What can be shown: the value, or the one from before.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Empty => None,
            Self::Ready(value) => Some(value),
            Self::Loading(previous) | Self::Failed { previous, .. } => previous.as_ref(),
        }
    }

    /// Why it could not be had.
    pub fn error(&self) -> Option<&str> {
        if let Self::Failed { error, .. } = self { Some(error) } else { None }
    }

    /// Whether it is being worked out.
    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading(_))
    }

    /// It is being worked out from now on.
    pub fn begin(&mut self) {
        *self = Self::Loading(self.take());
    }

    /// It was not worked out after all: back to what was there before.
    pub fn give_up(&mut self) {
        *self = self.take().map_or(Self::Empty, Self::Ready);
    }

    /// It could not be had.
    pub fn fail(&mut self, error: String) {
        *self = Self::Failed { previous: self.take(), error };
    }

    fn take(&mut self) -> Option<T> {
        match std::mem::take(self) {
            Self::Empty => None,
            Self::Ready(value) => Some(value),
            Self::Loading(previous) | Self::Failed { previous, .. } => previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_previous_value_stays_in_sight_until_there_is_a_new_one() {
        let mut slot = Slot::Ready(1);
        slot.begin();
        assert!(slot.is_loading());
        assert_eq!(slot.value(), Some(&1));
        slot.fail("no disk".to_owned());
        assert_eq!((slot.value(), slot.error()), (Some(&1), Some("no disk")));
        slot.begin();
        slot.give_up();
        assert!(matches!(slot, Slot::Ready(1)));
    }

    #[test]
    fn nothing_that_fails_or_is_given_up_is_nothing() {
        let mut slot = Slot::<u32>::Empty;
        slot.begin();
        assert_eq!(slot.value(), None);
        slot.give_up();
        assert!(matches!(slot, Slot::Empty));
    }
}
