//! Jisr's messages and code labels in Arabic, French and English.
