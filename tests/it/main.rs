//! One binary for all integration tests: each file tests one folder of `src/`.

mod generate;
