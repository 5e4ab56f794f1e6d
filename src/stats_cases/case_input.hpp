#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace plumb::stats_cases {

using Json = nlohmann::ordered_json;
using Series = std::vector<double>;

/// A CSV file of numbers, by column name; an empty field is NaN.
using Table = std::map<std::string, Series, std::less<>>;

/// Parses numbers with std::from_chars (correctly rounded). Text in a column makes that field NaN: a date
/// column does no harm until somebody asks for it. A row of the wrong width is an error.
Result<Table> parse_table(const std::string& text);

/// The inputs of one case: inline values, or rows of a column of a CSV file below `data_root`.
/// Files are read once and kept.
class CaseInput {
 public:
    explicit CaseInput(std::filesystem::path data_root) : data_root_{std::move(data_root)} {}

    /// {"file", "col", "start", "stop", "transform": "log"}, or an array of numbers.
    Result<Series> series(const Json& reference);
    /// The case's series called `name`: its key `name` or `name`_values.
    Result<Series> named(const Json& item, const std::string& name);
    /// One or more series: a list of references, one reference, or inline values.
    Result<std::vector<Series>> list(const Json& item, const std::string& name);
    /// The series a single-series statistic works on: "series_ref", "x_values", or the residual of the
    /// full-sample regression of y on (x.., constant) where "y" and "x" are given.
    Result<Series> spread(const Json& item);

 private:
    Result<const Table*> table(const std::string& file);

    std::filesystem::path data_root_;
    std::map<std::string, Table> tables_;
};

/// A number, or one of the strings "nan", "inf", "-inf" in any case.
Result<double> number(const Json& value);
Result<Series> numbers(const Json& values);
std::vector<std::span<const double>> views(const std::vector<Series>& list);

/// Arguments of a case, with defaults where a key is absent. A value of the wrong type is
/// Errc::invalid_argument.
Result<double> argument_number(const Json& args, const char* name, double otherwise);
Result<int> argument_int(const Json& args, const char* name, int otherwise);
Result<std::string> argument_text(const Json& args, const char* name, const std::string& otherwise);

/// What parses as JSON in Python but not in the standard: NaN, Infinity and -Infinity outside strings become
/// strings.
std::string quote_non_finite(const std::string& text);

}  // namespace plumb::stats_cases
