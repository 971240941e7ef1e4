//! server

pub mod gateway;
