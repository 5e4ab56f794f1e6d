#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb::exchange {

/// Identifiers that look like random UUIDs (version 4) and are numbers: 60 bits are the number, scrambled by
/// a keyed permutation, the other 62 a check. So a venue needs no table from its identifiers to the model's
/// numbers, and the same seed gives the same identifiers.
class UuidSeries {
 public:
    /// `kind` keeps series of one seed apart: the same number has another identifier in each.
    UuidSeries(std::uint64_t seed, std::uint64_t kind);

    /// number < 2^60.
    std::string text(std::uint64_t number) const;
    void append(std::string& out, std::uint64_t number) const;
    /// With or without dashes, any case; nullopt for what this series never gave.
    std::optional<std::uint64_t> number(std::string_view uuid) const;

 private:
    std::uint64_t key_;
};

}  // namespace plumb::exchange
