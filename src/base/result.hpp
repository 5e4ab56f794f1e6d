#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace plumb {

/// What kind of trouble it is. Machine-readable names are to_string(); they appear in output and never change
/// meaning.
enum class Errc : unsigned char {
    // values and text
    invalid_argument,
    parse,
    out_of_range,
    overflow,
    inexact,
    // statistics
    empty,
    too_short,
    length_mismatch,
    not_finite,
    constant_series,
    collinear,
    singular,
    non_positive,
    not_mean_reverting,
    // data files
    missing_column,
    unsorted,
    duplicate,
    truncated,
    // outside
    not_found,
    io,
    corrupt,
    newer_format,
    locked,
    disk_full,
    network,
    // trading
    denied,
    rejected,
    stale,
    halted,
    unsupported,
};

std::string_view to_string(Errc code);

/// A failure as a value: what kind, a static sentence, and, where prose is wanted, a detail made at the edge.
/// On the hot path only `code` and `what` are set; both are free of allocation.
class [[nodiscard]] Error {
 public:
    Error(Errc code, const char* what) : code_{code}, what_{what} {}
    Error(Errc code, std::string detail) : code_{code}, detail_{std::move(detail)} {}

    Errc code() const { return code_; }

    /// One line: "where: what was expected, what was found".
    std::string message() const;

    /// Adds the whereabouts on the way up: fail(parse_price(field).error().at("row 7, column close")).
    Error at(std::string_view where) &&;
    Error at(std::string_view where) const&;

 private:
    Errc code_;
    const char* what_ = "";
    std::string detail_;
    std::string where_;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>{std::move(error)}; }
inline std::unexpected<Error> fail(Errc code, const char* what) {
    return std::unexpected<Error>{Error{code, what}};
}
inline std::unexpected<Error> fail(Errc code, std::string detail) {
    return std::unexpected<Error>{Error{code, std::move(detail)}};
}

/// Applies `convert` to the value, passes the error on (std::expected::transform is not in this standard
/// library yet).
template <class T, class Convert>
auto map(const Result<T>& result, Convert convert) -> Result<decltype(convert(*result))> {
    if (!result) return fail(result.error());
    return convert(*result);
}

}  // namespace plumb
