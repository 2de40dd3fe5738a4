from decimal import Decimal
result = Decimal('1.10') + Decimal('1.5'), Decimal('3') * 2, str(Decimal('1E+3')), Decimal('0.10') == Decimal('0.1'), Decimal('-1.50') - 1, Decimal(5), str(Decimal('0.0000001'))
