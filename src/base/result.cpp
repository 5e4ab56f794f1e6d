#include "base/result.hpp"

namespace plumb {

std::string_view to_string(Errc code) {
    switch (code) {
        case Errc::invalid_argument: return "invalid_argument";
        case Errc::parse: return "parse";
        case Errc::out_of_range: return "out_of_range";
        case Errc::overflow: return "overflow";
        case Errc::inexact: return "inexact";
        case Errc::empty: return "empty";
        case Errc::too_short: return "too_short";
        case Errc::length_mismatch: return "length_mismatch";
        case Errc::not_finite: return "not_finite";
        case Errc::constant_series: return "constant_series";
        case Errc::collinear: return "collinear";
        case Errc::singular: return "singular";
        case Errc::non_positive: return "non_positive";
        case Errc::not_mean_reverting: return "not_mean_reverting";
        case Errc::missing_column: return "missing_column";
        case Errc::unsorted: return "unsorted";
        case Errc::duplicate: return "duplicate";
        case Errc::truncated: return "truncated";
        case Errc::not_found: return "not_found";
        case Errc::io: return "io";
        case Errc::corrupt: return "corrupt";
        case Errc::newer_format: return "newer_format";
        case Errc::locked: return "locked";
        case Errc::disk_full: return "disk_full";
        case Errc::network: return "network";
        case Errc::denied: return "denied";
        case Errc::rejected: return "rejected";
        case Errc::stale: return "stale";
        case Errc::halted: return "halted";
        case Errc::unsupported: return "unsupported";
    }
    return "unknown";
}

std::string Error::message() const {
    const std::string_view text = detail_.empty() ? std::string_view{what_} : std::string_view{detail_};
    if (where_.empty()) return std::string{text};
    return where_ + ": " + std::string{text};
}

Error Error::at(std::string_view where) && {
    where_ = where_.empty() ? std::string{where} : std::string{where} + ": " + where_;
    return std::move(*this);
}

Error Error::at(std::string_view where) const& {
    Error copy = *this;
    return std::move(copy).at(where);
}

}  // namespace plumb
