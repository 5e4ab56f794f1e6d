#include "stats_cases/case_input.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

#include "stats/linear_regression.hpp"

namespace plumb::stats_cases {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> fields;
    while (true) {
        const std::size_t comma = line.find(',');
        fields.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return fields;
        line.remove_prefix(comma + 1);
    }
}

double parse_field(std::string_view field) {
    double value = kNaN;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    const bool whole = error == std::errc{} && end == field.data() + field.size();
    return whole ? value : kNaN;
}

std::string_view next_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Result<std::size_t> row_bound(const Json& reference, const char* key, std::size_t otherwise,
                              std::size_t rows) {
    const auto found = reference.find(key);
    if (found == reference.end() || found->is_null()) return otherwise;
    if (!found->is_number_integer())
        return fail(Errc::invalid_argument, fmt::format("{} is not a whole number", key));
    const long long value = found->get<long long>();
    if (value < 0 || static_cast<unsigned long long>(value) > rows) {
        return fail(Errc::out_of_range,
                    fmt::format("{} = {} lies outside the {} rows of the file", key, value, rows));
    }
    return static_cast<std::size_t>(value);
}

Status take_logarithms(Series& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] <= 0)
            return fail(Errc::non_positive, fmt::format("value {} is {}: it has no logarithm", i, values[i]));
        values[i] = std::log(values[i]);
    }
    return {};
}

}  // namespace

Result<Table> parse_table(const std::string& text) {
    std::string_view rest = text;
    std::vector<std::string> names;
    for (const std::string_view name : split(next_line(rest))) names.emplace_back(name);
    std::vector<Series> columns(names.size());
    for (std::size_t row = 2; !rest.empty(); ++row) {
        const std::string_view line = next_line(rest);
        if (line.empty()) continue;
        const std::vector<std::string_view> fields = split(line);
        if (fields.size() != names.size()) {
            return fail(Errc::parse, fmt::format("line {}: expected {} fields, found {}", row, names.size(),
                                                 fields.size()));
        }
        for (std::size_t i = 0; i < fields.size(); ++i) columns[i].push_back(parse_field(fields[i]));
    }
    Table table;
    for (std::size_t i = 0; i < names.size(); ++i) table.emplace(std::move(names[i]), std::move(columns[i]));
    return table;
}

Result<const Table*> CaseInput::table(const std::string& file) {
    const auto known = tables_.find(file);
    if (known != tables_.end()) return &known->second;
    std::ifstream in{data_root_ / file, std::ios::binary};
    if (!in) return fail(Errc::not_found, fmt::format("cannot open {}", (data_root_ / file).string()));
    std::ostringstream text;
    text << in.rdbuf();
    Result<Table> parsed = parse_table(text.str());
    if (!parsed) return fail(std::move(parsed.error()).at(file));
    return &tables_.emplace(file, std::move(*parsed)).first->second;
}

Result<Series> CaseInput::series(const Json& reference) {
    if (reference.is_array()) return numbers(reference);
    if (!reference.is_object() || !reference.contains("file") || !reference["file"].is_string() ||
        !reference.contains("col") || !reference["col"].is_string()) {
        return fail(Errc::invalid_argument,
                    "a series is a list of numbers or {\"file\", \"col\", \"start\", \"stop\"}");
    }
    const Result<const Table*> table = this->table(reference["file"].get<std::string>());
    if (!table) return fail(table.error());
    const std::string name = reference["col"].get<std::string>();
    const auto column = (*table)->find(name);
    if (column == (*table)->end()) {
        return fail(Errc::missing_column,
                    fmt::format("{} has no column {}", reference["file"].get<std::string>(), name));
    }
    const std::size_t rows = column->second.size();
    const Result<std::size_t> start = row_bound(reference, "start", 0, rows);
    if (!start) return fail(start.error());
    const Result<std::size_t> stop = row_bound(reference, "stop", rows, rows);
    if (!stop) return fail(stop.error());
    if (*stop < *start)
        return fail(Errc::invalid_argument, fmt::format("stop {} comes before start {}", *stop, *start));
    Series values{column->second.begin() + static_cast<std::ptrdiff_t>(*start),
                  column->second.begin() + static_cast<std::ptrdiff_t>(*stop)};
    const Result<std::string> transform = argument_text(reference, "transform", "");
    if (!transform) return fail(transform.error());
    if (*transform == "log") {
        if (Status ok = take_logarithms(values); !ok) return fail(std::move(ok.error()).at(name));
    } else if (!transform->empty()) {
        return fail(Errc::unsupported,
                    fmt::format("transform \"{}\" is not known (expected \"log\")", *transform));
    }
    return values;
}

Result<Series> CaseInput::named(const Json& item, const std::string& name) {
    if (item.contains(name) && !item[name].is_null()) {
        const Json& value = item[name];
        const bool one_of_list = value.is_array() && value.size() == 1 && value[0].is_object();
        return series(one_of_list ? value[0] : value);
    }
    if (item.contains(name + "_values")) return numbers(item[name + "_values"]);
    return fail(Errc::invalid_argument, fmt::format("the case has no series {}", name));
}

Result<std::vector<Series>> CaseInput::list(const Json& item, const std::string& name) {
    std::string key = name;
    if (!item.contains(key)) key = name + "_values";
    if (!item.contains(key)) key = "columns_values";
    if (!item.contains(key))
        return fail(Errc::invalid_argument, fmt::format("the case has no series {}", name));
    const Json& value = item[key];
    const bool several = value.is_array() && !value.empty() && (value[0].is_object() || value[0].is_array());
    std::vector<Series> out;
    for (std::size_t i = 0; i < (several ? value.size() : 1); ++i) {
        Result<Series> one = series(several ? value[i] : value);
        if (!one) return fail(std::move(one.error()).at(fmt::format("{}[{}]", name, i)));
        out.push_back(std::move(*one));
    }
    return out;
}

Result<Series> CaseInput::spread(const Json& item) {
    if (item.contains("series_ref")) return series(item["series_ref"]);
    const bool pair = item.contains("y") || item.contains("y_values");
    if (!pair) return named(item, "x");
    const Result<Series> y = named(item, "y");
    if (!y) return fail(y.error());
    const Result<std::vector<Series>> x = list(item, "x");
    if (!x) return fail(x.error());
    Result<stats::LinearFit> fit = stats::fit_linear(*y, views(*x), stats::Trend::constant);
    if (!fit) return fail(std::move(fit.error()));
    return std::move(fit->residuals);
}

Result<double> number(const Json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_null()) return kNaN;
    if (value.is_string()) {
        std::string text = value.get<std::string>();
        std::transform(text.begin(), text.end(), text.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        if (text == "nan") return kNaN;
        if (text == "inf" || text == "infinity" || text == "+inf") return kInfinity;
        if (text == "-inf" || text == "-infinity") return -kInfinity;
    }
    return fail(Errc::parse, fmt::format("expected a number, found {}", value.dump()));
}

Result<Series> numbers(const Json& values) {
    if (!values.is_array())
        return fail(Errc::parse, fmt::format("expected a list of numbers, found {}", values.type_name()));
    Series out;
    out.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Result<double> value = number(values[i]);
        if (!value) return fail(value.error().at(fmt::format("value {}", i)));
        out.push_back(*value);
    }
    return out;
}

std::vector<std::span<const double>> views(const std::vector<Series>& list) {
    return {list.begin(), list.end()};
}

Result<double> argument_number(const Json& args, const char* name, double otherwise) {
    const auto found = args.find(name);
    if (found == args.end() || found->is_null()) return otherwise;
    const Result<double> value = number(*found);
    if (!value || !std::isfinite(*value)) {
        return fail(Errc::invalid_argument,
                    fmt::format("{}: expected a finite number, found {}", name, found->dump()));
    }
    return *value;
}

Result<int> argument_int(const Json& args, const char* name, int otherwise) {
    const auto found = args.find(name);
    if (found == args.end() || found->is_null()) return otherwise;
    const Result<double> value = number(*found);
    if (!value || *value != std::floor(*value) || std::fabs(*value) > 1e9) {
        return fail(Errc::invalid_argument,
                    fmt::format("{}: expected a whole number, found {}", name, found->dump()));
    }
    return static_cast<int>(*value);
}

Result<std::string> argument_text(const Json& args, const char* name, const std::string& otherwise) {
    const auto found = args.find(name);
    if (found == args.end() || found->is_null()) return otherwise;
    if (!found->is_string())
        return fail(Errc::invalid_argument, fmt::format("{}: expected text, found {}", name, found->dump()));
    return found->get<std::string>();
}

std::string quote_non_finite(const std::string& text) {
    static constexpr std::string_view kLiterals[] = {"-Infinity", "Infinity", "NaN"};
    std::string out;
    out.reserve(text.size());
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            out += c;
            if (c == '\\' && i + 1 < text.size()) out += text[++i];
            if (c == '"') in_string = false;
            continue;
        }
        if (c == '"') in_string = true;
        const std::string_view rest = std::string_view{text}.substr(i);
        const auto* literal = std::find_if(std::begin(kLiterals), std::end(kLiterals),
                                           [&](std::string_view word) { return rest.starts_with(word); });
        if (literal == std::end(kLiterals)) {
            out += c;
            continue;
        }
        out.append("\"").append(*literal).append("\"");
        i += literal->size() - 1;
    }
    return out;
}

}  // namespace plumb::stats_cases
