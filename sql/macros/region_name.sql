-- region_name: 区划名称，各级相连 | Name of a region, its levels joined
create macro region_name(province, city, county) as nullif(
    concat_ws('', province, if(city = province, null, city), county), ''
);
