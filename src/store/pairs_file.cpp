#include "store/pairs_file.hpp"

#include <fmt/format.h>

#include "codec/json.hpp"
#include "store/json_fields.hpp"

namespace plumb::store {
namespace {

using codec::Json;

SpreadProperties read_spread(const Json& json, const std::string& where, JsonFields& pair_fields) {
    JsonFields fields{json, where + ".spread_properties"};
    SpreadProperties spread;
    spread.mean = fields.number_if("mean");
    spread.std = fields.number_if("std");
    spread.min = fields.number_if("min");
    spread.max = fields.number_if("max");
    spread.skewness = fields.number_if("skewness");
    spread.kurtosis = fields.number_if("kurtosis");
    spread.half_life = fields.number_if("half_life");
    spread.extra = fields.extra();
    if (const Status status = fields.status(); !status) pair_fields.trouble(status.error());
    return spread;
}

Result<TestedPair> read_pair(const Json& json, const std::string& where) {
    JsonFields fields{json, where};
    TestedPair pair;
    pair.is_cointegrated = fields.boolean_if("is_cointegrated").value_or(false);
    pair.p_value = fields.number_if("p_value");
    pair.critical_values = fields.numbers("critical_values");
    pair.test_statistic = fields.number_if("test_statistic");
    pair.hedge_ratio =
        pair.is_cointegrated ? std::optional{fields.number("hedge_ratio")} : fields.number_if("hedge_ratio");
    pair.regression_results = fields.text_if("regression_results");
    pair.symbol1 = fields.text("symbol1");
    pair.symbol2 = fields.text("symbol2");
    pair.data_points = fields.integer_or("data_points", 0);
    pair.start_date = fields.text_or("start_date", "");
    pair.end_date = fields.text_or("end_date", "");
    pair.correlation = fields.number_if("correlation");
    if (const Json* spread = fields.object("spread_properties"))
        pair.spread = read_spread(*spread, where, fields);
    pair.extra = fields.extra();
    if (const Status status = fields.status(); !status) return fail(status.error());
    return pair;
}

Result<std::vector<TestedPair>> read_list(const Json& list, const char* name) {
    std::vector<TestedPair> pairs;
    pairs.reserve(list.size());
    for (const Json& item : list) {
        auto pair = read_pair(item, fmt::format("{}[{}]", name, pairs.size()));
        if (!pair) return fail(pair.error());
        pairs.push_back(*std::move(pair));
    }
    return pairs;
}

bool read_integers(const Json& list, std::vector<std::int64_t>& out) {
    if (!list.is_array()) return false;
    for (const Json& item : list) {
        if (!item.is_number_integer()) return false;
        out.push_back(item.get<std::int64_t>());
    }
    return true;
}

Result<PairsMetadata> read_metadata(const Json& json) {
    JsonFields fields{json, "metadata"};
    PairsMetadata metadata;
    metadata.analysis_date = fields.text_or("analysis_date", "");
    if (const Json* years = fields.array("data_years");
        years != nullptr && !read_integers(*years, metadata.data_years)) {
        fields.trouble(Error{Errc::parse, "key \"data_years\": expected whole numbers"});
    }
    if (const Json* months = fields.array("data_months")) {
        for (const Json& of_year : *months) {
            if (!read_integers(of_year, metadata.data_months.emplace_back())) {
                fields.trouble(Error{Errc::parse, "key \"data_months\": expected lists of whole numbers"});
                break;
            }
        }
    }
    metadata.resample_interval = fields.text_or("resample_interval", "");
    metadata.significance_level = fields.number_or("significance_level", 0);
    metadata.min_data_points = fields.integer_or("min_data_points", 0);
    metadata.total_symbols = fields.integer_or("total_symbols", 0);
    metadata.symbols_with_data = fields.integer_or("symbols_with_data", 0);
    metadata.total_pairs_tested = fields.integer_or("total_pairs_tested", 0);
    metadata.cointegrated_pairs_found = fields.integer_or("cointegrated_pairs_found", 0);
    metadata.extra = fields.extra();
    if (const Status status = fields.status(); !status) return fail(status.error());
    return metadata;
}

Json to_json(const SpreadProperties& spread) {
    Json json = Json::object();
    json["mean"] = number_or_null(spread.mean);
    json["std"] = number_or_null(spread.std);
    json["min"] = number_or_null(spread.min);
    json["max"] = number_or_null(spread.max);
    json["skewness"] = number_or_null(spread.skewness);
    json["kurtosis"] = number_or_null(spread.kurtosis);
    json["half_life"] = number_or_null(spread.half_life);
    add_extra(json, spread.extra);
    return json;
}

Json to_json(const TestedPair& pair) {
    Json json = Json::object();
    json["is_cointegrated"] = pair.is_cointegrated;
    json["p_value"] = number_or_null(pair.p_value);
    json["critical_values"] = pair.critical_values;
    json["test_statistic"] = number_or_null(pair.test_statistic);
    json["hedge_ratio"] = number_or_null(pair.hedge_ratio);
    if (pair.regression_results) json["regression_results"] = *pair.regression_results;
    json["symbol1"] = pair.symbol1;
    json["symbol2"] = pair.symbol2;
    json["data_points"] = pair.data_points;
    json["start_date"] = pair.start_date;
    json["end_date"] = pair.end_date;
    json["correlation"] = number_or_null(pair.correlation);
    if (pair.spread) json["spread_properties"] = to_json(*pair.spread);
    add_extra(json, pair.extra);
    return json;
}

Json to_json(const PairsMetadata& metadata) {
    Json json = Json::object();
    json["analysis_date"] = metadata.analysis_date;
    json["data_years"] = metadata.data_years;
    json["data_months"] = metadata.data_months;
    json["resample_interval"] = metadata.resample_interval;
    json["significance_level"] = metadata.significance_level;
    json["min_data_points"] = metadata.min_data_points;
    json["total_symbols"] = metadata.total_symbols;
    json["symbols_with_data"] = metadata.symbols_with_data;
    json["total_pairs_tested"] = metadata.total_pairs_tested;
    json["cointegrated_pairs_found"] = metadata.cointegrated_pairs_found;
    add_extra(json, metadata.extra);
    return json;
}

Json to_json(const std::vector<TestedPair>& pairs) {
    Json json = Json::array();
    for (const TestedPair& pair : pairs) json.push_back(to_json(pair));
    return json;
}

}  // namespace

Result<PairsFile> read_pairs(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    JsonFields fields{*json, "pairs"};
    PairsFile file;
    if (const Json* metadata = fields.object("metadata")) {
        auto read = read_metadata(*metadata);
        if (!read) return fail(read.error());
        file.metadata = *std::move(read);
    }
    const Json* pairs = fields.array("cointegrated_pairs");
    if (const Status status = fields.status(); !status) return fail(status.error());
    if (pairs == nullptr)
        return fail(Errc::missing_column, "expected the key \"cointegrated_pairs\", found none");
    auto found = read_list(*pairs, "cointegrated_pairs");
    if (!found) return fail(found.error());
    file.pairs = *std::move(found);
    if (const Json* all = fields.array("all_results")) {
        auto tested = read_list(*all, "all_results");
        if (!tested) return fail(tested.error());
        file.all_results = *std::move(tested);
    }
    file.extra = fields.extra();
    if (const Status status = fields.status(); !status) return fail(status.error());
    return file;
}

std::string write_pairs(const PairsFile& file) {
    Json json = Json::object();
    if (file.metadata) json["metadata"] = to_json(*file.metadata);
    json["cointegrated_pairs"] = to_json(file.pairs);
    if (file.all_results) json["all_results"] = to_json(*file.all_results);
    add_extra(json, file.extra);
    return codec::write_json(json, 2);
}

}  // namespace plumb::store
