#pragma once

#include "base/result.hpp"

namespace plumb::app {

/// What the shell sees. The numbers are a promise to scripts.
enum class ExitStatus : int {
    done = 0,
    answer_is_no = 1,    // it ran, and the answer is "no": no pairs found, a check failed
    wrong_use = 2,       // the command, the configuration or the content of a file the user gave
    outside_failed = 3,  // network, venue, disk, a file that is not there, a damaged record
    halted = 4,          // stopped for safety
};

/// Which status an error ends the program with. Unfit content that the user chose is wrong use; what the
/// world broke is the outside.
constexpr ExitStatus exit_status(Errc code) {
    switch (code) {
        case Errc::invalid_argument:
        case Errc::parse:
        case Errc::out_of_range:
        case Errc::overflow:
        case Errc::inexact:
        case Errc::empty:
        case Errc::too_short:
        case Errc::length_mismatch:
        case Errc::not_finite:
        case Errc::constant_series:
        case Errc::collinear:
        case Errc::singular:
        case Errc::non_positive:
        case Errc::not_mean_reverting:
        case Errc::missing_column:
        case Errc::unsorted:
        case Errc::duplicate:
        case Errc::truncated:
        case Errc::unsupported: return ExitStatus::wrong_use;
        case Errc::not_found:
        case Errc::io:
        case Errc::corrupt:
        case Errc::newer_format:
        case Errc::locked:
        case Errc::disk_full:
        case Errc::network:
        case Errc::rejected:
        case Errc::stale: return ExitStatus::outside_failed;
        case Errc::denied: return ExitStatus::answer_is_no;
        case Errc::halted: return ExitStatus::halted;
    }
    return ExitStatus::outside_failed;
}

}  // namespace plumb::app
