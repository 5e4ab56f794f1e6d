#pragma once

#include <array>
#include <cstdint>

namespace plumb {

/// Seeded random numbers, the same on every machine: xoshiro256++ (Blackman and Vigna 2019, public domain
/// algorithm), seeded by splitmix64. Not for secrets.
class Rng {
 public:
    explicit Rng(std::uint64_t seed);

    std::uint64_t next();
    /// In [0, 1), 53 bits.
    double uniform();
    /// In [0, bound), bound > 0, without modulo bias (Lemire 2019).
    std::uint64_t below(std::uint64_t bound);
    /// Standard normal, Marsaglia's polar method.
    double normal();
    /// Student t with `degrees` > 2 degrees of freedom, scaled to unit variance: fat tails.
    double student_t(int degrees);
    /// A generator for a named part, independent of how much of this one was used.
    Rng fork(std::uint64_t stream) const;

 private:
    std::array<std::uint64_t, 4> state_;
    std::uint64_t seed_;
    double spare_ = 0;
    bool has_spare_ = false;
};

}  // namespace plumb
