"""Addresses that open the way to a place in the map services of China, without a key."""

from urllib.parse import urlencode

# service -> its name
MAPS = [
    ('amap', "Amap"),
    ('baidu', "Baidu Maps"),
    ('tencent', "Tencent Maps"),
]
SOURCE = 'pharma_crm'


def map_link(service, name, address="", city="", latitude=0.0, longitude=0.0):
    """Address that opens a place, on a phone in the app of the service where it is installed.

    :param str service: 'amap', 'baidu' or 'tencent'
    :param str name: of the place
    :param str address: where it is, for want of a position
    :param str city: narrows the search for an address
    :param float latitude: by WGS 84, as phones and Odoo have it; 0 with longitude 0: unknown
    :param float longitude: likewise
    :return: https address
    :rtype: str
    :raise KeyError: for an unknown service
    """
    build = {'amap': _amap, 'baidu': _baidu, 'tencent': _tencent}[service]
    position = (latitude, longitude) if latitude or longitude else None
    address, params = build(name, address, city, position)
    return f'{address}?{urlencode(params)}'


def _amap(name, address, city, position):
    common = {'src': SOURCE, 'callnative': 1}
    if position:
        return 'https://uri.amap.com/navigation', {
            'to': f'{position[1]:.6f},{position[0]:.6f},{name}', 'mode': 'car',
            'coordinate': 'wgs84', **common}
    return 'https://uri.amap.com/search', {
        'keyword': f"{address} {name}".strip(), 'city': city, **common}


def _baidu(name, address, city, position):
    common = {'output': 'html', 'src': SOURCE}
    if position:
        return 'https://api.map.baidu.com/marker', {
            'location': f'{position[0]:.6f},{position[1]:.6f}', 'title': name,
            'content': address or name, 'coord_type': 'wgs84', **common}
    return 'https://api.map.baidu.com/geocoder', {
        'address': f"{address}{name}", **common}


def _tencent(name, address, city, position):
    common = {'referer': SOURCE}
    if position:
        # coord_type 1: GPS
        return 'https://apis.map.qq.com/uri/v1/marker', {
            'marker': f'coord:{position[0]:.6f},{position[1]:.6f};title:{name};'
                      f'addr:{address or name}', 'coord_type': 1, **common}
    return 'https://apis.map.qq.com/uri/v1/search', {
        'keyword': f"{address} {name}".strip(), 'region': city, **common}
